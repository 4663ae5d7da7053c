package import HL7Syntax
package import JSONTape

/// What a message states of one resource: its own view, to be laid over what is stored.
///
/// A map makes it without knowing the store, under the id that its key gives, and other resources of the message refer
/// to it by that id. Where the store has the resource under another id, the references follow.
package struct StatedResource: Sendable {
    /// What happens to a resource that is stored already.
    package enum Rule: Sendable {
        /// What the message states takes the place of what is stored; what it does not mention stays (snapshot of the
        /// fields sent; HL7 v2.5.1 §2.5.3, `""` deletes).
        case overlay
        /// It is only mentioned: made if there is none, else left alone.
        case mention
        /// The map decides, from what is stored and what is stated; nil changes nothing.
        case change(@Sendable (_ stored: FHIRObject, _ stated: FHIRObject) -> FHIRObject?)
        /// As `change`, and asked too where a newer message was applied already.
        case combine(@Sendable (_ stored: FHIRObject, _ stated: FHIRObject, _ isOlder: Bool) -> FHIRObject?)
    }

    /// What happens to a resource that is not stored.
    package enum Absence: Sendable, Hashable {
        case create
        /// Nothing to do: the cancellation of something that never came.
        case skip
        /// The message waits for a person.
        case hold
        /// The message is refused: AE, 204.
        case reject
    }

    /// What has to hold of another resource of the message.
    struct Condition: Sendable {
        /// `Type/id` of the other statement, which comes before this one.
        let address: String
        /// Asked with what is stored of it; nil for nothing.
        let holds: @Sendable (_ stored: FHIRObject?) -> Bool
    }

    package let type: String
    /// The id that a new resource gets.
    package let id: String
    /// Canonical text of the identity key.
    package let identityKey: String
    /// By which a stored resource is found, beside the key; any match decides, two different ones go to review.
    package var identifiers: [FHIRIdentifier]
    package var rule: Rule
    package var absence: Absence
    /// When the sender last changed it (EVN-2, else MSH-7): an older statement only fills what is empty (§2.7).
    package var stamp: ResultStamp?
    /// Written only where this holds; nil for always.
    var condition: Condition?
    /// Why the message has to wait for a person, given what is stored of the resource; nil if it need not.
    var objection: (@Sendable (_ stored: FHIRObject) -> String?)?
    package let location: HL7Location?
    private(set) var content: FHIRObject
    /// Elements that the sender deletes with `""`.
    let cleared: Set<String>

    /// - Parameters:
    ///   - content: the resource without `resourceType` and `id`, which the key says.
    ///   - cleared: names of elements that came as `""`.
    ///   - id: of the stored resource, where it was looked up already.
    init(
        _ key: IdentityKey, _ content: FHIRObject, identifiers: [FHIRIdentifier] = [], rule: Rule = .overlay,
        absence: Absence = .create, cleared: Set<String> = [], stamp: ResultStamp? = nil,
        location: HL7Location?, id: String? = nil
    ) {
        type = key.type
        self.id = id ?? key.id
        identityKey = key.text
        self.identifiers = identifiers
        self.rule = rule
        self.absence = absence
        self.cleared = cleared
        self.stamp = stamp
        self.location = location
        self.content = content
    }

    /// The mention of what others of the message refer to, by the identifiers in its content.
    init?(mentioning resource: MappedResource) {
        guard let content = FHIRObject(json: resource.json) else { return nil }
        type = resource.type
        id = resource.id
        identityKey = resource.identityKey
        identifiers = content.identifiers
        rule = .mention
        absence = .create
        location = resource.location
        self.content = content
        cleared = []
    }

    /// The same statement with other content.
    func with(_ content: FHIRObject) -> StatedResource {
        var copy = self
        copy.content = content
        return copy
    }

    /// What the map of a result message makes, as a statement: overlaid, subject to its stamp.
    init?(_ mapped: MappedResource) {
        guard let document = try? Document.parse(mapped.json) else { return nil }
        var content = FHIRObject()
        for member in FHIRObject(JSONNode(document)).members where !["resourceType", "id"].contains(member.key) {
            content.set(member.key, member.value)
        }
        self.init(
            mapped.key, content, rule: .overlay, stamp: mapped.stamp, location: mapped.location, id: mapped.id)
    }

    /// `Type/id` as other resources of the message refer to it.
    package var address: String { "\(type)/\(id)" }

    /// Whether it is to be written, by what is stored of the message's other resources.
    package func isDue(_ stored: (_ address: String) -> JSONNode?) -> Bool {
        condition.map { $0.holds(stored($0.address).map { FHIRObject($0) }) } ?? true
    }

    /// Why the message has to wait for a person, given what is stored of the resource.
    package func objection(to stored: JSONNode?) -> String? {
        guard let stored, let objection else { return nil }
        return objection(FHIRObject(stored))
    }

    /// The resource to be stored, as JSON; nil if nothing is to be written.
    /// - Parameters:
    ///   - stored: the current version's JSON; nil if there is none.
    ///   - storedID: the id in the store, if it is not the key's.
    ///   - isOlder: a newer message was applied already.
    ///   - references: addresses in the store by those in the message.
    package func json(
        over stored: JSONNode?, storedID: String? = nil, isOlder: Bool = false, references: [String: String] = [:]
    ) -> [UInt8]? {
        let id = storedID ?? id
        let stated = content.replacing(references: references)
        var result: FHIRObject?
        if let stored {
            let before = FHIRObject(stored)
            switch rule {
            case .mention: return nil
            case .overlay: result = ElementOverlay.lay(stated, over: before, clearing: cleared, fillsOnly: isOlder)
            case .change(let change): result = isOlder ? nil : change(before, stated)
            case .combine(let combine): result = combine(before, stated, isOlder)
            }
        } else {
            result = stated
        }
        guard let result else { return nil }
        var resource = FHIRObject(["resourceType": .string(type), "id": .string(id)])
        for member in result.members where !["resourceType", "id"].contains(member.key) {
            resource.set(member.key, member.value)
        }
        return resource.json
    }
}

/// What one message states.
package struct StatedMessage: Sendable {
    /// `Type/id` of the patient that the message is about, among `resources`; nil if it is about none.
    package var patient: String?
    /// In dependency order: whatever a resource refers to comes before it.
    package var resources: [StatedResource]
    /// Practitioners, organisations and the like, made if absent.
    package var mentioned: [MappedResource]
    package var warnings: [MappingIssue]
    /// What answers the message beyond the acknowledgement; nil for most.
    package var reply: MessageReply?

    package init(
        patient: String? = nil, resources: [StatedResource], mentioned: [MappedResource], warnings: [MappingIssue],
        reply: MessageReply? = nil
    ) {
        self.patient = patient
        self.resources = resources
        self.mentioned = mentioned
        self.warnings = warnings
        self.reply = reply
    }
}

/// An application's answer that is more than an acknowledgement: ORR, ORL, RRE, RSP.
package struct MessageReply: Sendable {
    /// MSH-9 of the answer: type, trigger event, structure.
    package var messageType: [String]
    /// Segments behind MSA and ERR, with the sender's own separators.
    package var segments: [SegmentBuilder]

    package init(messageType: [String], segments: [SegmentBuilder]) {
        self.messageType = messageType
        self.segments = segments
    }
}
