package import Clinic
package import FHIRStore

/// Medicines: stock, dispensing, prescriptions and their checks, doses.
package enum MedicinesArea: ClinicArea {
    package static let operations: [any ClinicOperation] = [
        ReceiveSupply(), TransferSupply(), EndTransfer.accept, EndTransfer.reject, AdjustStock(), StockOnHand(),
        CountStock(), SetReorderRule(), SuggestReorder(), ListExpiring(),
        DispenseMedicine(), ReturnMedicine(), CheckInteractions(), LoadRules(),
        PrescribeMedicines(), RenewPrescription(), EndPrescription.stop, EndPrescription.hold,
        ListDoses(), LogDose(), TellAdherence(), SearchCatalogue(), ListMedicines(),
    ]
    package static var migrations: [Migration] { MedicineMigrations.all }
    package static let jobs: [any ClinicJob] = [TellExpiring()]
    package static var settings: [ClinicSetting] { MedicineSettings.all }
}
