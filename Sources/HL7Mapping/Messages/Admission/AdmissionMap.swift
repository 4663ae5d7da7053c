package import HL7Syntax
internal import JSONTape

/// ADT messages about persons and visits. §2.7.
package enum AdmissionMap: MessageMap {
    package static let kinds: [String: Set<String>] = ["ADT": AdmissionEvent.triggers]

    package static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        try statement(message, profile: profile).message
    }

    /// - Parameter patients: ids in the store by those in the message, as far as the patients are known: what has no
    ///   number of its own is told apart by them.
    package static func statement(
        _ message: RawMessage, profile: SourceProfile, patients: [String: String] = [:]
    ) throws(MappingError) -> AdmissionStatement {
        let context = MappingContext(message, profile: profile)
        let groups = AdmissionGroup.groups(message)
        guard !groups.isEmpty else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "PID"), "no PID segment")
        }
        var builder = AdmissionBuilder(context: context, patients: patients)
        for group in groups { try builder.add(group) }
        let stated = StatedMessage(
            patient: builder.patient, resources: builder.resources, mentioned: context.shared,
            warnings: context.warnings)
        return AdmissionStatement(message: stated, sets: builder.sets, visits: builder.visits)
    }
}

extension MappingContext {
    /// When the sender made the statement: EVN-2, else MSH-7; nil if neither can be read.
    var eventTime: FHIRDateTime? {
        dateTime(message["EVN", field: 2]) ?? dateTime(message["MSH", field: 7])
    }

    /// When it happened: EVN-6, else EVN-2, else MSH-7.
    var occurrence: FHIRDateTime? { dateTime(message["EVN", field: 6]) ?? eventTime }

    /// As `eventTime`, for the freshness of what is stated.
    var eventStamp: ResultStamp? {
        eventTime?.instantSeconds.map { ResultStamp(seconds: $0, rank: 0) }
    }
}
