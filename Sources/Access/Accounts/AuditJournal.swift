package import FHIRStore

/// Puts what happens to accounts on record, as AuditEvents (decision 0046).
package struct AuditJournal: AccountJournal {
    private let audit: AuditTrail

    package init(_ audit: AuditTrail) {
        self.audit = audit
    }

    package func record(_ event: AccountEvent) async {
        var facts = AuditFacts(event.kind.rawValue)
        facts.agent = (event.actor ?? event.person).map { "Person/\($0)" }
        facts.client = event.client
        facts.address = event.address
        var entry = AuditEntry(facts.encoded, at: audit.now, status: event.kind.isRefusal ? 401 : 200)
        if let person = event.person {
            (entry.typeName, entry.id) = ("Person", person)
        }
        entry.detail = event.reason
        await audit.record(entry)
    }
}

extension AccountEvent.Kind {
    fileprivate var isRefusal: Bool {
        switch self {
        case .signInRefused, .lockedOut, .tokenRefused: true
        default: false
        }
    }
}
