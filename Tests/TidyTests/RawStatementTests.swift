import Testing

/// Statements of the clinic's areas that name tables by themselves, and so see what the caller may not: decision 0040.
///
/// What an operation answers is asked through `FHIRStore.statement(_:)`, in whose texts `@[Appointment]` stands for the
/// rows that are there for the caller, or `FHIRStore.visible(_:by:of:)`. A statement that is not belongs to the list
/// below, under the reason why nobody learns anything from it.
@Suite struct RawStatementTests {
    private static let reasons = """
        # Writes, locks or sets something; answers no more than whether it was done.
        IdempotencyRecord.forget IdempotencyRecord.insert IdempotencyRecord.delete IdempotencyRecord.update
        ClinicSetting.forget ClinicSetting.write TransitionDoor.- TransitionDoor.- ClinicActor.statement
        ClinicEvent.insert ClinicEvent.insertOne NumberSeries+Several.several NumberSeries.gapFree NumberSeries.loose
        LoadRules.enter LoadRules.forgetTerms LoadRules.forgetRules LoadRules.addTerm LoadRules.addRule
        DispenseMedicine.check ReturnMedicine.takeBack EndTransfer.move SetReorderRule.forget SetReorderRule.write
        StockLedger.enter StockLedger.take SuggestReorder.keep CashClose.close CashOpen.open ClaimBook.enter
        MoneyLedger+Intents.enterIntent MoneyLedger+Intents.enterProof MoneyLedger+Intents.enterReference
        MoneyLedger+Statements.addInvoice MoneyLedger+Statements.addPayment MoneyLedger+Statements.changeState
        MoneyLedger+Statements.setReceipt MoneyLedger+Statements.enter MoneyLedger+Statements.enterRefund
        ProviderBook.wait ProviderBook.add ProviderBook.set ProviderBook.carry CloseMonth.lock CloseMonth.close
        Connection.lock PatientRecord.prove MergePatient.savepoint MergePatient.rollback RegisterPatient.lock
        SubmitReview.add BlockTime.hold Booking.overbook ScheduleReminders.keep UploadDocument.lock
        ReminderPlan.insert ReminderPlan.update ReminderPlan.drop ConfirmAppointment.event

        # The caller's own: kept under the caller's name.
        IdempotencyRecord.find CashClose.find

        # Settings and rules of the whole house, arithmetic, clocks.
        SettingBoard.statement LoadRules.editions RuleBook.sets RuleBook.terms RuleBook.rules
        DoseCalendar.frameStatement DoseCalendar.resolveStatement DoseCalendar.eventStatement CountSheet.compare
        MoneyLedger+Intents.digest SetPaymentProvider.write SetAvailability.knownZone LocalTimes.toInstant
        LocalTimes.toLocal LocalTimes.statement LocalTimes.statement MedicalRecordNumber.draw

        # About a resource that the operation has read through the caller's store.
        ClinicEvent.find DoseLog.read AdjustStock.read CountSheet.read AccountBook.movements AccountBook.open
        ClaimBook.find MoneyLedger+Credits.creditedOf MoneyLedger+Credits.paymentsOf
        MoneyLedger+Statements.paidOf MoneyLedger+Statements.paidSeen MoneyLedger+Statements.readPayment
        MoneyLedger+Statements.allocationsOf SecondPerson.actors SlotBook.holders SlotBook.taken ReminderPlan.own
        ReminderPlan.select CallNextPatient.takeNext

        # The report of a closed month, which callers with limits do not get.
        FinanceReport.find

        # When actors whom the caller names are busy; never with whom.
        Alternatives.statement

        # Written from the caller's tables, or of ids that these gave.
        PatientTimeline.- PatientRecord.statements PatientRecord.statement PatientRecord.statement

        # Background work, messages of other systems, payment providers: nobody is answered.
        EventFeed.enter EventFeed.place EventFeed.next EventFeed.move ListExpiring.tell ExpireIntents.due
        EscalateResults.take EscalateResults.record HoldExpiryJob.due HoldExpiryJob.due ExternalBooking.begin
        ExternalBooking.conflicts ExternalBooking.slots MessageQueue.take MessageQueue.change MessageRecord.event
        NoticePlan.insert ReminderPlan.reminded PaymentWebhook.find ProviderBook.read ProviderBook.find
        ProviderBook.intent ProviderBook.billed
        """

    @Test func `statements that name tables themselves have a reason`() throws {
        var listed: [String: Int] = [:]
        for line in Self.reasons.split(separator: "\n") where !line.hasPrefix("#") {
            for name in line.split(separator: " ") { listed[String(name), default: 0] += 1 }
        }
        var found: [String: Int] = [:]
        for file in try SourceTree.files(in: ["Sources"]) where file.target.hasPrefix("Clinic") {
            for line in file.lines where line.contains("SQLStatement(") {
                found[Self.name(of: line, in: file), default: 0] += 1
            }
        }
        for (name, count) in found.sorted(by: { $0.key < $1.key }) where listed[name] != count {
            Issue.record(
                "\(name) (\(count)): may its answer go to the caller? Then ask through FHIRStore.statement(_:)")
        }
        for name in listed.keys.sorted() where found[name] == nil { Issue.record("\(name) is listed but gone") }
    }

    /// `File.constant`; a statement that has no name of its own is `File.-`.
    private static func name(of line: Substring, in file: SourceFile) -> String {
        let base = file.path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
        let words = line.split(separator: " ")
        let name = words.firstIndex(of: "let").map { words[$0 + 1] } ?? "-"
        return "\(base).\(name)"
    }
}
