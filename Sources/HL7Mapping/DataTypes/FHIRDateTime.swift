/// A FHIR `dateTime` made of an HL7 time: its precision kept, its zone completed. DTM[dateTime].
struct FHIRDateTime: Sendable, Hashable {
    /// `2024`, `2024-05`, `2024-05-01` or `2024-05-01T12:30:00.25+02:00`.
    let text: String
    /// The date part alone.
    let date: String
    /// Seconds since 1970; `nil` for a date without time.
    let instantSeconds: Int?
    /// Set where the text says more, or less, than was sent.
    let original: String?

    init(_ time: HL7Time, context: MappingContext) {
        self.init(
            time, defaultOffset: { context.headerOffset ?? context.profile.zone.offset(local: time.localSeconds) })
    }

    init(_ time: HL7Time, defaultOffset: () -> Int) {
        var text = Self.pad(time.year, 4)
        if let month = time.month { text += "-" + Self.pad(month) }
        if let day = time.day { text += "-" + Self.pad(day) }
        date = text
        guard let hour = time.hour else {
            self.text = text
            instantSeconds = nil
            original = time.isCut ? time.original : nil
            return
        }
        let offset = time.offset ?? defaultOffset()
        text += "T\(Self.pad(hour)):\(Self.pad(time.minute ?? 0)):\(Self.pad(time.second ?? 0))"
        if !time.fraction.isEmpty { text += "." + time.fraction }
        text += Self.zone(offset)
        self.text = text
        instantSeconds = time.localSeconds - offset
        original = time.isCut || time.minute == nil ? time.original : nil
    }

    /// The value for `key`, with the original as an extension beside it where something was lost or added.
    func set(_ key: String, in object: inout FHIRObject) {
        object.set(key, .string(text))
        object.set("_" + key, companion)
    }

    /// A FHIR `instant`, which needs a time.
    func setInstant(_ key: String, in object: inout FHIRObject) {
        guard instantSeconds != nil else { return }
        set(key, in: &object)
    }

    var companion: FHIRValue? {
        original.flatMap { .extension(ExtensionURL.originalText, "valueString", .text($0)) }
            .map { .object(["extension": .array([$0])]) }
    }

    private static func zone(_ offset: Int) -> String {
        let minutes = abs(offset) / 60
        return (offset < 0 ? "-" : "+") + pad(minutes / 60) + ":" + pad(minutes % 60)
    }

    private static func pad(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
