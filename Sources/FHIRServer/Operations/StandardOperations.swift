/// The operations of the standard that the server offers and those that every server has, for the registry.
package enum StandardOperations {
    package static var all: [any ResourceOperation] {
        [
            PatientEverything(), EncounterEverything(), GroupEverything(), MetaOperation(), MetaAdd(), MetaDelete(),
            LastN(), Stats(), DocumentOperation(), GraphQLQuery(), FHIRPathOperation(), ValidateOperation(), Convert(),
            Reindex(), ReindexProgress(), LoadPackage(), CodeSystemLookup(), CodeSystemValidateCode(),
            CodeSystemSubsumes(), ValueSetExpand(), ValueSetValidateCode(), ConceptMapTranslate(),
            ClosureMaintenance(), StructureDefinitionSnapshot(), BreakGlass(), ShowAccessRights(), ChangeAccessRights(),
            VerifyChain(), AccessReport(), VersionDifference(),
        ]
    }
}
