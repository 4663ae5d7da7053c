package import Clinic
package import FHIRStore

/// People: patients, who stands for them, and who looks after them.
package enum PeopleArea: ClinicArea {
    package static let operations: [any ClinicOperation] = [
        RegisterPatient(), MatchPatient(), MergePatient(), UnmergePatient(), PatientTimeline(), PatientSummary(),
        PatientJourney(), GrantProxy(), RevokeProxy(), CompleteOnboarding(), RequestConnection(),
        RespondToConnection(), VerifyLicense(), PublicDirectory(), SubmitReview(), ModerateReview(),
        ExpungePatient(),
    ]
    package static var migrations: [Migration] { PeopleMigrations.all }
    package static let jobs: [any ClinicJob] = [MergeFollowUp()]
    package static let settings: [ClinicSetting] = [
        MedicalRecordNumber.system, MedicalRecordNumber.digitCount, MergePatient.openEncounters,
        GrantProxy.majorityAge, LicenceRule.requiresVerification,
        ExpungePatient.retentionYears,
    ]
}
