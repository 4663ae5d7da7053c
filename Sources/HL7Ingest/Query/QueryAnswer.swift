import HL7Mapping
import HL7Syntax
import JSONTape

/// RSP^K22 or K23: QAK, the query repeated, a PID for each patient, and DSC where there are more.
struct QueryAnswer {
    private let parameters: Segment
    private let header: MessageHeader
    private let profile: SourceProfile
    private var patients: [SegmentBuilder] = []
    /// Opaque; the sender repeats it in DSC-1 to go on.
    var continuation: String?

    init(_ parameters: Segment, _ inbound: InboundMessage) {
        self.parameters = parameters
        header = inbound.header
        profile = inbound.profile
    }

    var count: Int { patients.count }

    /// - Parameters:
    ///   - domains: systems of the identifiers to name; empty for all.
    ///   - without: the identifier that was asked about.
    mutating func add(
        patient: JSONNode, domains: [String], isNumbered: Bool, without: FHIRIdentifier? = nil
    ) {
        let map = PatientSegment(delimiters: header.delimiters, profile: profile)
        let number = isNumbered ? patients.count + 1 : nil
        let segment =
            without == nil
            ? map.demographics(patient, domains: domains, number: number)
            : map.identifiers(patient, domains: domains, without: without)
        if let segment { patients.append(segment) }
    }

    func reply(isFound: Bool, total: Int?) -> MessageReply {
        var status = SegmentBuilder("QAK", delimiters: header.delimiters)
        status.set(1, .encoded(Array(parameters[field: 2].raw)))
        status.set(2, .text(isFound ? "OK" : "NF"))
        status.set(3, .encoded(Array(parameters[field: 1].raw)))
        if let total {
            status.set(4, .text(String(total)))
            status.set(5, .text(String(patients.count)))
            status.set(6, .text(String(continuation == nil ? 0 : max(0, total - patients.count))))
        }
        var segments = [status, query] + patients
        if let continuation {
            segments.append(
                SegmentBuilder("DSC", delimiters: header.delimiters).setting(1, .text(continuation))
                    .setting(2, "I"))
        }
        return MessageReply(messageType: type, segments: segments)
    }

    func refusal() -> MessageReply {
        var status = SegmentBuilder("QAK", delimiters: header.delimiters)
        status.set(1, .encoded(Array(parameters[field: 2].raw)))
        status.set(2, "AE")
        status.set(3, .encoded(Array(parameters[field: 1].raw)))
        return MessageReply(messageType: type, segments: [status, query])
    }

    private var type: [String] {
        header.triggerEvent == "Q23" ? ["RSP", "K23", "RSP_K23"] : ["RSP", "K22", "RSP_K21"]
    }

    private var query: SegmentBuilder {
        var segment = SegmentBuilder("QPD", delimiters: header.delimiters)
        for number in 1...max(1, parameters.fieldCount) {
            segment.set(number, .encoded(Array(parameters[field: number].raw)))
        }
        return segment
    }
}
