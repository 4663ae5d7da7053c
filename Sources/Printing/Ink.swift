/// A colour on paper; each part from 0 (none) to 1.
package struct Ink: Sendable, Hashable {
    package var red: Double
    package var green: Double
    package var blue: Double

    package init(red: Double, green: Double, blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// - Parameter rgb: as in `0x1F5C7A`.
    package init(rgb: UInt32) {
        self.init(
            red: Double(rgb >> 16 & 0xFF) / 255, green: Double(rgb >> 8 & 0xFF) / 255, blue: Double(rgb & 0xFF) / 255)
    }

    package static let black = Ink(rgb: 0x1A1A1A)
    package static let grey = Ink(rgb: 0x5F6670)
    package static let hairline = Ink(rgb: 0xC9CED4)
    package static let shade = Ink(rgb: 0xF1F4F6)
    package static let accent = Ink(rgb: 0x1F5C7A)
}
