package import Clinic
package import FHIRStore

/// Orders of laboratory, radiology and referral, their specimens, results and tasks.
package enum OrdersArea: ClinicArea {
    package static let operations: [any ClinicOperation] = [
        SubmitOrder(), CancelOrder(), ReferPatient(),
        CollectSpecimen(), ReceiveSpecimen(), RejectSpecimen(),
        EnterResults(), VerifyResults(), CorrectResults(), AcknowledgeResults(),
        SubmitRequest(), ClaimTask(), TaskStep.accept, TaskStep.reject, TaskStep.start,
        CompleteTask(name: "complete"), CompleteTask(name: "fulfil"),
    ]
    package static var migrations: [Migration] { OrdersMigrations.all }
    package static let jobs: [any ClinicJob] = [EscalateResults()]
    package static let settings = [
        DuplicateOrders.hours, PanicValueTable.setting, SecondPerson.setting, EscalateResults.minutes,
    ]
}
