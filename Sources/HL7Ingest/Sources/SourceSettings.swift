package import HL7Mapping
package import HL7Syntax

/// What is agreed with one sender, as data that can be changed while the server runs. Every default is what a sender
/// gets of whom nothing is known.
package struct SourceSettings: Sendable {
    /// What happens to a message about a patient who is not known.
    package enum UnknownPatient: String, Sendable, CaseIterable {
        /// The patient is made of the message.
        case create
        /// The message waits for a person; the sender gets `AA`.
        case quarantine
        /// The sender gets `AE` with 204.
        case mustExist
    }

    /// Who is told of content that cannot be filed.
    package enum HoldPolicy: String, Sendable, CaseIterable {
        /// Our own review queue: the sender gets `AA`.
        case acceptAndHold = "accept-and-hold"
        /// The sender as well: `AE`.
        case strict
    }

    /// When the sender gets its answer.
    package enum Acknowledge: String, Sendable, CaseIterable {
        /// When the content is in the FHIR store.
        case applied
        /// As soon as the bytes are safe; the content follows in the background, in the order of arrival.
        case stored
    }

    /// How several messages of one frame are answered.
    package enum Answers: String, Sendable, CaseIterable {
        case perMessage
        /// One answer for all: for messages without envelope the worst one, for a batch an envelope of answers.
        case single
    }

    /// What happens to messages whose MSH-11 is not one of those expected.
    package enum UnexpectedProcessing: String, Sendable, CaseIterable {
        /// `AR` with 202.
        case reject
        /// `AA`, and the message waits for a person: test data never mixes with production (F-37).
        case hold
    }

    /// Part of identity keys and of local systems: it must never change for a feed.
    package var name: String

    // MARK: Whose messages these are

    /// Names of listeners; empty for any.
    package var listeners: Set<String> = []
    /// MSH-3.1; empty for any.
    package var applications: Set<String> = []
    /// MSH-4.1; empty for any.
    package var facilities: Set<String> = []

    /// Whether the sender has proved to be this source: then the message must not name another one.
    var isBound = false

    // MARK: What is taken

    /// MSH-5.1 and MSH-6.1 as expected; empty for any.
    package var receivingApplications: Set<String> = []
    package var receivingFacilities: Set<String> = []
    /// MSH-11.1 as expected; empty for any.
    package var processingIDs: Set<String> = []
    package var unexpectedProcessing = UnexpectedProcessing.reject
    /// MSH-12 must be a known version.
    package var isVersionStrict = false
    /// A control id must never come again with another body.
    package var isControlIDStrict = false

    // MARK: How it is answered

    /// Strict senders are also told of patients that were merged (§1.7).
    package var holdPolicy = HoldPolicy.acceptAndHold { didSet { applied = withPolicies() } }
    package var unknownPatient = UnknownPatient.create { didSet { applied = withPolicies() } }
    package var acknowledge = Acknowledge.applied
    /// Several MSH in a frame without envelope (F-6).
    package var severalMessages = Answers.perMessage
    /// Batches with envelope (F-7).
    package var batches = Answers.perMessage
    /// Days after which the bodies of messages are removed; nil keeps them.
    package var retentionDays: Int?

    // MARK: How it is read

    /// The set in which messages are read whatever MSH-18 says, for senders that state a wrong one (P1); nil for what
    /// MSH-18 and the bytes tell (F-13).
    package var charset: Charset?
    /// IANA name of the zone of times that name none.
    package var timeZone = "UTC"
    /// What the mapping needs; its `id` is `name`, its zone follows `timeZone`, its policies those above.
    package var profile: SourceProfile {
        get { applied }
        set {
            reading = newValue
            applied = withPolicies()
        }
    }
    private var reading: SourceProfile
    /// `reading` with the policies, which every message asks for.
    private var applied: SourceProfile

    private func withPolicies() -> SourceProfile {
        var profile = reading
        profile.refusesMergedPatients = reading.refusesMergedPatients || holdPolicy == .strict
        switch unknownPatient {
        case .create: break
        case .quarantine: profile.unknownPatients = .hold
        case .mustExist: profile.unknownPatients = .reject
        }
        return profile
    }

    package init(name: String) {
        self.name = name
        reading = SourceProfile(id: name)
        applied = reading
    }
}
