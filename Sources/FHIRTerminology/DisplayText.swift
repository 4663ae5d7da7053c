/// Compares texts for codes.
enum DisplayText {
    /// Case and white space make no difference between displays.
    static func folded(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
