/// The operations of the standard that the server offers, for the registry.
package enum StandardOperations {
    package static var all: [any ResourceOperation] {
        [
            PatientEverything(), EncounterEverything(), GroupEverything(), MetaOperation(), MetaAdd(), MetaDelete(),
            LastN(), Stats(), DocumentOperation(), GraphQLQuery(),
            CodeSystemLookup(), CodeSystemValidateCode(), CodeSystemSubsumes(), ValueSetExpand(),
            ValueSetValidateCode(), ConceptMapTranslate(),
        ]
    }
}
