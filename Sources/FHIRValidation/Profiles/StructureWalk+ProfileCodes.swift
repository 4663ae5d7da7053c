import FHIRDefinitions
import FHIRPath
import FHIRTerminology
import JSONTape

/// Codes against the value sets of profiles.
extension StructureWalk {
    mutating func checkBinding(_ binding: ProfileBinding, _ node: Node, _ table: ProfileTable) {
        guard node.value != nil else { return }
        switch membership(of: node, in: binding) {
        case .member: break
        case .absent:
            report.add(
                binding.isRequired ? .error : .warning, .codeInvalid, at: place(of: node),
                "the profile \(table.url) asks for a code of the value set \(binding.url)")
        case .unknown:
            report.add(
                .information, .notSupported, at: place(of: node),
                "whether the code is in the value set \(binding.url) is not known here")
        }
    }

    /// Whether an element's code, or one of them, is in the value set.
    func membership(of node: Node, in binding: ProfileBinding) -> StandardCodes.Membership {
        guard let valueSet = binding.codes, let value = node.value.map({ JSONNode(document, $0) }) else {
            return .unknown
        }
        if let code = value.string {
            return StandardCodes.r4.membership(code, system: nil, in: valueSet)
        }
        if node.type == rules.known.codeableConcept {
            let codings = value["coding"]?.items ?? []
            // A text alone can be what an extensible binding has no code for.
            if codings.isEmpty { return binding.isRequired ? .absent : .member }
            var isOpen = false
            for coding in codings {
                switch membership(ofCoding: coding, in: valueSet) {
                case .member: return .member
                case .unknown: isOpen = true
                case .absent: break
                }
            }
            return isOpen ? .unknown : .absent
        }
        guard value["code"] != nil || node.type == rules.known.coding else { return .member }
        return membership(ofCoding: value, in: valueSet)
    }

    private func membership(
        ofCoding coding: JSONNode, in valueSet: StandardCodes.ValueSet
    ) -> StandardCodes.Membership {
        guard let code = coding["code"]?.string, let system = coding["system"]?.string else { return .absent }
        return StandardCodes.r4.membership(code, system: system, in: valueSet)
    }
}
