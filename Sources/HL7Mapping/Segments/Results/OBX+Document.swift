internal import HL7Syntax

/// A document in a result (ED, RP, or a segment of the sender's own) to Binary and DocumentReference. §1.5 S9, F-31.
struct MappedDocument {
    /// For `presentedForm`: with a link to the Binary, and the data itself where it is small.
    let attachment: FHIRValue
    /// The same without data.
    let link: FHIRValue
    /// Nil for a pointer (RP): what it points at stays where it is, and is never fetched.
    let binary: MappedResource?
    private let key: IdentityKey
    private let content: FHIRObject
    private let stamp: ResultStamp
    private let location: HL7Location?

    /// Data up to this many bytes is repeated in `presentedForm`, to spare readers a request.
    private static let inlineByteCount = 16 * 1024

    /// - Parameters:
    ///   - attachment: with `data` (Base64) or `url`.
    ///   - owner: key of the result it came in.
    ///   - type: CodeableConcept of the document.
    ///   - status: of the result, FHIR.
    init?(
        _ attachment: FHIRValue, owner: IdentityKey, type: FHIRValue?, status: String, scope: ResultScope,
        location: HL7Location?
    ) {
        guard case .object(let whole) = attachment else { return nil }
        key = IdentityKey("DocumentReference", [owner.text])
        stamp = ResultStamp(seconds: scope.stampSeconds, rank: ResultStamp.rank(status: status))
        self.location = location
        var link = FHIRObject()
        for member in whole.members where member.key != "data" { link.set(member.key, member.value) }
        var inline = whole
        if let data = whole["data"] {
            let binaryKey = IdentityKey("Binary", [owner.text])
            link.set("url", .string(binaryKey.reference))
            inline.set("url", .string(binaryKey.reference))
            let binary = FHIRObject([
                "resourceType": .string("Binary"), "id": .string(binaryKey.id),
                "contentType": whole["contentType"] ?? .string("application/octet-stream"),
                "securityContext": .reference(scope.subject), "data": data,
            ])
            self.binary = MappedResource(
                binaryKey, binary, matching: .update, stamp: stamp, location: location)
            if case .string(let text) = data, text.utf8.count / 4 * 3 > Self.inlineByteCount { inline = link }
        } else {
            binary = nil
        }
        self.attachment = .object(inline)
        self.link = .object(link)
        var content = FHIRObject(["resourceType": .string("DocumentReference"), "id": .string(key.id)])
        content.set("status", .string(status == "entered-in-error" ? status : "current"))
        let isDone = ["final", "corrected", "amended"].contains(status)
        content.set(
            "docStatus", .string(status == "entered-in-error" ? status : isDone ? "final" : "preliminary"))
        content.set("type", type)
        content.set("subject", .reference(scope.subject))
        (scope.issued ?? scope.effective)?.setInstant("date", in: &content)
        content.append("content", .object(["attachment": self.link]))
        self.content = content
    }

    /// - Parameter report: `DiagnosticReport/<id>` that it belongs to.
    func reference(report: String?) -> MappedResource {
        var content = content
        if let report { content.set("context", .object(["related": .array([.reference(report)])])) }
        return MappedResource(key, content, matching: .update, stamp: stamp, location: location)
    }
}
