internal import HL7Syntax

/// What the maps of one message share: the sender, its times, and the warnings gathered on the way.
final class MappingContext {
    let message: RawMessage
    let header: MessageHeader
    let profile: SourceProfile
    /// MSH-7's own offset in seconds, the first choice for times without one.
    let headerOffset: Int?
    /// Resources other than those of the result itself, made on first mention: type/id → place in `shared`.
    private(set) var shared: [MappedResource] = []
    private(set) var warnings: [MappingIssue] = []
    /// Times that were read already, of those without anything to say about them: most of a message are the same.
    private var dateTimes: [String: FHIRDateTime] = [:]

    init(_ message: RawMessage, profile: SourceProfile) {
        self.message = message
        self.profile = profile
        header = MessageHeader(message)
        headerOffset = HL7Time(message["MSH", field: 7][component: 1].string)?.offset
    }

    /// MSH-4.1, by which ids without assigner are told apart.
    var facility: String { message["MSH", field: 4][component: 1].string }

    func warn(_ code: MessageErrorCode, at location: HL7Location?, _ text: String) {
        let issue = MappingIssue(code: code, location: location, message: text)
        if !warnings.contains(issue) { warnings.append(issue) }
    }

    /// Adds a resource that others refer to, once; a fuller version of it takes the place of an earlier one.
    func share(_ resource: MappedResource) {
        if let index = shared.firstIndex(where: { $0.type == resource.type && $0.id == resource.id }) {
            if shared[index].json.count < resource.json.count { shared[index] = resource }
        } else {
            shared.append(resource)
        }
    }

    /// `dateTime` of a field's first component, with a warning where it had to be cut (F-11).
    func dateTime(_ field: Field, component: Int = 1) -> FHIRDateTime? {
        field.isEmpty ? nil : dateTime(field[component: component].string, at: field.location)
    }

    /// - Parameter location: for the warning.
    func dateTime(_ text: String, at location: @autoclosure () -> HL7Location?) -> FHIRDateTime? {
        if text.isEmpty { return nil }
        if let known = dateTimes[text] { return known }
        let trimmed = text.cleaned
        guard !trimmed.isEmpty, trimmed != "\"\"" else { return nil }
        guard let time = HL7Time(trimmed) else {
            if !trimmed.allSatisfy({ $0 == "0" }) { warn(.dataType, at: location(), "not a date; left out") }
            return nil
        }
        let dateTime = FHIRDateTime(time, context: self)
        if time.isCut {
            warn(.dataType, at: location(), "not a valid date; kept as far as it is")
        } else {
            dateTimes[text] = dateTime
        }
        return dateTime
    }
}
