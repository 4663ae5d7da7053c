import HL7Mapping
import HL7Syntax

/// What a message's header has to satisfy before its content is looked at: a place for each refusal.
struct MessageGate {
    let settings: SourceSettings
    /// Whether some part of the program takes messages of this kind.
    let isSupported: (MessageHeader) -> Bool
    /// Message types of which at least one trigger event is supported.
    let types: Set<String>

    /// Why the message is refused or held; nil if it may pass.
    func objection(_ header: MessageHeader) -> (verdict: Verdict, issue: Acknowledgement.Issue)? {
        func place(_ field: Int, _ component: Int? = nil) -> HL7Location {
            HL7Location(segment: "MSH", sequence: 1, field: field, component: component)
        }
        func refuse(
            _ code: MessageErrorCode, _ location: HL7Location, _ words: String
        ) -> (verdict: Verdict, issue: Acknowledgement.Issue) {
            (.rejected, Acknowledgement.Issue(code, at: location, userMessage: words))
        }
        guard !header.isRepaired else {
            return refuse(.dataType, place(2), "MSH-2 is no set of separators")
        }
        guard !header.controlID.isEmpty else {
            return refuse(.requiredFieldMissing, place(10), "MSH-10 is empty")
        }
        for (field, expected, sent) in [
            (3, settings.applications, header.sendingApplication), (4, settings.facilities, header.sendingFacility),
        ] where settings.isBound && !expected.isEmpty && !expected.contains(SourceSettings.name(sent, header)) {
            return refuse(.tableValueNotFound, place(field), "MSH-\(field) names another sender than the certificate")
        }
        for (field, expected, sent) in [
            (5, settings.receivingApplications, header.receivingApplication),
            (6, settings.receivingFacilities, header.receivingFacility),
        ] where !expected.isEmpty && !expected.contains(SourceSettings.name(sent, header)) {
            return refuse(.tableValueNotFound, place(field), "MSH-\(field) names another receiver")
        }
        if !settings.processingIDs.isEmpty,
            !settings.processingIDs.contains(SourceSettings.name(header.processingID, header))
        {
            let words = "MSH-11 does not fit this receiver"
            guard settings.unexpectedProcessing == .hold else {
                return refuse(.unsupportedProcessingID, place(11), words)
            }
            return (.held, Acknowledgement.Issue(.unsupportedProcessingID, .warning, at: place(11), userMessage: words))
        }
        if settings.isVersionStrict, header.versionNumbers.isEmpty || !header.isKnownVersion {
            return refuse(.unsupportedVersion, place(12), "MSH-12 is no version of HL7 v2")
        }
        guard !isSupported(header) else { return nil }
        return types.contains(header.messageType)
            ? refuse(.unsupportedEventCode, place(9, 2), "trigger event not supported")
            : refuse(.unsupportedMessageType, place(9, 1), "message type not supported")
    }
}

extension MessageHeader {
    /// 2.1 to 2.9, or not stated. Others are read by the rules of the newest version.
    var isKnownVersion: Bool {
        let numbers = versionNumbers
        return numbers.isEmpty || numbers.count > 1 && numbers[0] == 2 && (1...9).contains(numbers[1])
    }
}
