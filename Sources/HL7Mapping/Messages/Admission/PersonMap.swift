package import HL7Syntax

/// ADT^A28 and ADT^A31: a person is added or updated; no visit. §2.7.
enum PersonMap: MessageMap {
    static let kinds: [String: Set<String>] = ["ADT": ["A28", "A31"]]

    static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        let context = MappingContext(message, profile: profile)
        guard let segment = message["PID"] else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "PID"), "no PID segment")
        }
        let patient = try PatientStatement(context: context, segment: segment).make(
            rule: .overlay, related: message.segments(named: "NK1"), stamp: context.eventStamp)
        return StatedMessage(
            patient: patient.address, resources: [patient], mentioned: context.shared, warnings: context.warnings)
    }
}

extension MappingContext {
    /// When the sender made the statement: EVN-2, else MSH-7; nil if neither can be read.
    var eventStamp: ResultStamp? {
        let time = dateTime(message["EVN", field: 2]) ?? dateTime(message["MSH", field: 7])
        return time?.instantSeconds.map { ResultStamp(seconds: $0, rank: 0) }
    }
}
