import Testing

@testable import HL7Mapping

/// The code tables of messages other than results. §2.3.
@Suite struct MessageTableTests {
    @Test(arguments: [
        ("Pending", "pending"), ("Waitlist", "waitlist"), ("Booked", "booked"), ("Started", "checked-in"),
        ("Complete", "fulfilled"), ("Cancelled", "cancelled"), ("Deleted", "entered-in-error"), ("Noshow", "noshow"),
        ("Dc", "cancelled"), ("Discontinued", "cancelled"), ("Overbook", "booked"), ("Blocked", "busy-unavailable"),
    ])
    func appointmentStatus(code: String, status: String) {
        let entry = AppointmentStatusTable.entry(code.uppercased())
        #expect(entry?.status == status)
        #expect(entry?.isOverbooked == (code == "Overbook"))
        #expect(entry?.isBlocked == (code == "Blocked"))
    }

    @Test func unknownAppointmentStatusIsNone() {
        #expect(AppointmentStatusTable.entry("") == nil)
        #expect(AppointmentStatusTable.entry("WHAT") == nil)
    }

    /// SCH-25 wins over the trigger, but not over S15, S17 and S26.
    @Test(
        arguments: [
            ("S12", "", "booked"), ("S12", "PENDING", "pending"), ("S13", "STARTED", "checked-in"), ("S14", "", nil),
            ("S14", "NOSHOW", "noshow"), ("S15", "BOOKED", "cancelled"), ("S16", "", "cancelled"),
            ("S16", "DC", "cancelled"), ("S17", "BOOKED", "entered-in-error"), ("S18", "", nil), ("S22", "", nil),
            ("S26", "BOOKED", "noshow"),
        ] as [(String, String, String?)])
    func appointmentEvent(trigger: String, code: String, status: String?) {
        let event = SchedulingEvent(trigger)
        #expect(event.status(AppointmentStatusTable.entry(code), trigger: trigger) == status)
    }

    @Test(
        arguments: [
            ("DI", "preliminary"), ("DO", "preliminary"), ("IP", "preliminary"), ("IN", "preliminary"),
            ("PA", "preliminary"), ("LA", "final"), ("AU", "final"), ("", nil), ("XX", nil),
        ] as [(String, String?)])
    func documentCompletion(code: String, status: String?) {
        #expect(DocumentStatusTable.docStatus(code) == status)
    }

    @Test(arguments: [
        ("AV", "current"), ("UN", "current"), ("", "current"), ("OB", "superseded"), ("CA", "entered-in-error"),
    ])
    func documentAvailability(code: String, status: String) { #expect(DocumentStatusTable.status(code) == status) }

    @Test(
        arguments: [
            ("CP", "A", "completed"), ("PA", "A", "completed"), ("RE", "A", "not-done"), ("NA", "A", "not-done"),
            ("", "", "completed"), ("CP", "D", "entered-in-error"), ("ZZ", "A", nil),
        ] as [(String, String, String?)])
    func vaccinationStatus(completion: String, action: String, status: String?) {
        #expect(ImmunizationStatusTable.status(completion: completion, action: action) == status)
    }

    @Test(arguments: [
        ("", "NW", "active"), ("", "CA", "cancelled"), ("", "DC", "stopped"), ("", "HD", "on-hold"),
        ("", "RL", "active"), ("", "FU", "completed"), ("CM", "NW", "completed"), ("ER", "NW", "entered-in-error"),
        ("HD", "NW", "on-hold"), ("IP", "CA", "active"),
    ])
    func medicationStatus(order: String, control: String, status: String) {
        #expect(MedicationStatusTable.status(orderStatus: order, control: control) == status)
    }

    @Test(arguments: [
        ("NW", "OK"), ("CA", "CR"), ("DC", "DR"), ("HD", "HR"), ("RL", "OR"), ("XO", "XR"), ("RF", "AF"), ("RE", "OK"),
    ])
    func medicationAnswer(control: String, answer: String) {
        #expect(MedicationStatusTable.answer(control) == answer)
    }

    @Test(arguments: [
        ("CG", TransactionType.charge), ("CD", .credit), ("PY", .payment), ("AJ", .adjustment), ("CO", .copayment),
    ])
    func transactionType(code: String, type: TransactionType) { #expect(TransactionType(rawValue: code) == type) }

    @Test(arguments: [("EUR", true), ("USD", true), ("eur", false), ("XXY", false), ("", false)])
    func currency(code: String, isKnown: Bool) { #expect(CurrencyTable.isKnown(code) == isKnown) }

    @Test(arguments: [("A", "active"), ("P", "active"), ("R", "revoked"), ("E", "revoked"), ("", "active")])
    func referralStatus(code: String, status: String) {
        #expect(ReferralTable.status(code, isCancelled: false) == status)
        #expect(ReferralTable.status(code, isCancelled: true) == "revoked")
    }
}
