import Clinic
import FHIRStore

/// The schema of money. Scripts of applied migrations must not change.
enum MoneyMigrations {
    static var all: [Migration] {
        [
            Migration(version: 280, name: "sums of invoices", script: InvoiceSumSQL.script),
            Migration(version: 281, name: "prices in force", script: PriceSQL.script),
            Migration(version: 282, name: "charges are billed once", script: ChargeSQL.script),
            Migration(version: 283, name: "money ledger", script: LedgerSQL.script + LedgerGuardSQL.script),
            Migration(version: 284, name: "claims", script: ClaimSQL.script),
            Migration(version: 511, name: "providers of payments", script: ProviderSQL.script),
            Migration(version: 512, name: "closed months", script: FinanceSQL.script),
            Migration(version: 593, name: "cheaper references of money", script: references),
            Migration(version: 630, name: "sums of money planned once", script: InvoiceSumSQL.plannedOnce),
            Migration(version: 663, name: "charges are looked at when they change", script: ChargeSQL.whenChanged),
            Migration(version: 666, name: "services of charges are read once", script: ChargeSQL.readOnce),
        ]
    }

    private static let references = """
        CREATE OR REPLACE FUNCTION money_reference(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT clinic_reference(reference)
        $$;
        """
}
