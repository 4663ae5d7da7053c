package import Clinic
package import FHIRStore

/// Visits: who waits and who is seen, what is measured, written and uploaded.
package enum VisitsArea: ClinicArea {
    package static let operations: [any ClinicOperation] = [
        StartEncounter(), TriageEncounter(), CallNextPatient(), FinishEncounter(), SignComposition(),
        AmendComposition(), RecordVitals(), ObservationTrend(), UploadDocument(),
    ]
    package static var migrations: [Migration] { VisitsMigrations.all }
    package static let settings: [ClinicSetting] = [VitalLimits.setting, UploadDocument.maximumByteCount]
}
