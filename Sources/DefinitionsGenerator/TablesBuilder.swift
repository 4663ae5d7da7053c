/// Package to tables: the first stage of the generator.
extension DefinitionTables {
    init(_ package: CorePackage) throws {
        let structures = try StructureReader(package)
        types = structures.types
        invariants = structures.invariants
        var bound: Set<String> = []
        for binding in types.lazy.flatMap(\.elements).compactMap(\.binding) {
            guard binding.strength == "required" || binding.strength == "extensible" else { continue }
            bound.insert(binding.valueSet)
        }
        let expander = ValueSetExpander(package: package)
        valueSets = bound.sorted().map(expander.row)
        searchParameters = try SearchParameterReader.searchParameters(of: package)
        compartments = SearchParameterReader.compartments(of: package)
        terminology = TerminologyText(package: package).lines
    }
}
