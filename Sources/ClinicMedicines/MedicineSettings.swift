import Clinic

/// The rules of medicines that a clinic may change.
enum MedicineSettings {
    static let adjustLimit = ClinicSetting(
        "stock.adjust-limit", "Adjustments of stock by more than this quantity take a second person.", standard: "1000")
    static let expiringDays = ClinicSetting(
        "stock.expiring-days", "Days before its last day of use in which a batch is said to expire.", standard: "90")
    static let zone = ClinicSetting(
        "medicines.time-zone", "IANA time zone where neither the patient nor the place states one.",
        standard: #""UTC""#)
    static let checks = ClinicSetting(
        "medicines.checks", "Whether prescriptions can be checked; while it is false, checks answer 503.",
        standard: "true")
    static let blocking = ClinicSetting(
        "medicines.blocking-severity",
        "Issues of this severity and above block a prescription until overridden: high, moderate or low.",
        standard: #""high""#)

    static let all = [adjustLimit, expiringDays, zone, checks, blocking]
}
