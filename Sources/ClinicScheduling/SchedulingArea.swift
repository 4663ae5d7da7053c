package import Carriers
package import Clinic
package import FHIRStore

/// Scheduling: bookings and the time of people and places.
package enum SchedulingArea: ClinicArea {
    package static let operations: [any ClinicOperation] = [
        BookAppointment(), HoldAppointment(), ConfirmAppointment(), RescheduleAppointment(), CancelAppointment(),
        CheckInAppointment(), NoShowAppointment(), CompleteAppointment(), ResetAppointment(), FindAppointments(),
        SetAvailability(), GenerateSlots(), BlockTime(), UnblockTime(),
        JoinWaitlist(), OfferToWaitlist(), AcceptOffer(), AppointmentCalendar(), AppointmentStatistics(),
        ScheduleReminders(),
    ]
    package static var migrations: [Migration] { SchedulingMigrations.all }
    package static let jobs: [any ClinicJob] = [HoldExpiryJob(), NoShowJob(), ReminderPlanningJob()]
    /// What tells people of their appointments.
    ///
    /// - Parameter carriers: how messages leave the house, by channel: `email`, `sms`. Without any, notices are read
    ///   here alone, and reminders wait.
    package static func messageJobs(_ carriers: [String: any MessageCarrier]) -> [any ClinicJob] {
        let planning = NoticePlanningJob(channels: carriers.keys.sorted())
        return carriers.isEmpty ? [planning] : [planning, MessageDelivery(carriers: carriers)]
    }
    package static let settings: [ClinicSetting] = SchedulingRules.all
}
