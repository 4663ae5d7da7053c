import Clinic
import FHIRModel
import JSONTape

/// The panic values in force, as quantities to compare with.
struct PanicValues: Sendable {
    private let table: PanicValueTable

    init(_ work: ClinicWork) async throws {
        table = PanicValueTable(try await PanicValueTable.setting.value(in: work.transaction))
    }

    func limits(_ code: CodeableConcept) -> (low: Quantity?, high: Quantity?)? {
        for coding in code.coding {
            guard let system = coding.system, let code = coding.code,
                let limits = table.limits(system: system, code: code)
            else { continue }
            func quantity(_ number: FHIRDecimal?) -> Quantity? {
                guard let number else { return nil }
                var quantity = Quantity()
                quantity.value = number
                quantity.unit = limits.unit
                quantity.code = limits.unit
                quantity.system = limits.unit == nil ? nil : ResultValue.system
                return quantity
            }
            return (quantity(limits.low), quantity(limits.high))
        }
        return nil
    }
}

extension ResultValue {
    static let system = "http://unitsofmeasure.org"
}
