/// Limits beyond which a value is critical though its sender does not flag it.
package protocol CriticalLimits: Sendable {
    /// - Parameters:
    ///   - value: text of the number.
    ///   - comparator: R4 quantity-comparator; nil for the plain number.
    ///   - unit: as UCUM writes it, or as it was sent.
    func isBeyond(system: String, code: String, value: String, comparator: String?, unit: String?) -> Bool
}

extension CriticalLimits {
    /// Whether one of the values is beyond the limits of one of the codes.
    /// - Parameter concept: Observation.code.
    func isBeyond(_ values: [ObservationValue], _ concept: FHIRValue?) -> Bool {
        guard case .object(let concept)? = concept, case .array(let codings)? = concept["coding"] else { return false }
        for case .object(let quantity) in values.lazy.filter({ $0.key == "valueQuantity" }).map(\.value) {
            guard case .number(let number)? = quantity["value"] else { continue }
            let unit = quantity["code"]?.text ?? quantity["unit"]?.text
            for case .object(let coding) in codings {
                guard let system = coding["system"]?.text, let code = coding["code"]?.text else { continue }
                let comparator = quantity["comparator"]?.text
                if isBeyond(system: system, code: code, value: number, comparator: comparator, unit: unit) {
                    return true
                }
            }
        }
        return false
    }
}

extension FHIRValue {
    /// Nil for what is no string.
    fileprivate var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}
