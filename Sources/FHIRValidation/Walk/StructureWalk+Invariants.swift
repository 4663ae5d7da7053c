import FHIRDefinitions
import FHIRPath
import JSONTape

/// Invariants that the definitions state in FHIRPath (R4 conformance-rules.html#constraints).
extension StructureWalk {
    /// Checks a list of invariants on an object that has these elements.
    ///
    /// Most are settled by which elements are there; only the rest is evaluated.
    mutating func check(_ list: Span16, of object: Document.Index, _ type: TypeID, elements: UInt64) {
        for place in list.range {
            let invariant = rules.invariants[place]
            let verdict = PresenceTest.verdict(
                UnsafeBufferPointer(rebasing: rules.instructions[invariant.presence]), elements: elements)
            switch verdict {
            case .holds, .empty: continue
            case .violated: reportViolation(of: Int(invariant.number), at: object)
            case .open: evaluate(Int(invariant.number), at: Node(type: type, value: object), object)
            }
        }
    }

    /// What the element of a primitive asks of its value.
    mutating func checkUse(ofPrimitive value: Document.Index, _ type: TypeID, _ use: ElementUse) {
        if use.binding != .max { checkBinding(rules.bindings[Int(use.binding)], ofPrimitive: value) }
        for place in use.invariants.range {
            evaluate(Int(rules.invariants[place].number), at: Node(type: type, value: value), value)
        }
    }

    /// An empty result leaves it open whether the rule is broken, so it is not (R4 conformance-rules.html#constraints).
    @inline(never)
    private mutating func evaluate(_ number: Int, at node: Node, _ index: Document.Index) {
        let invariant = definitions.invariants[number]
        guard invariant.severity == .error || options.includesWarnings else { return }
        guard stepCount <= ResourceValidator.maximumStepCount else { return }
        let evaluation = self.evaluation
        do {
            let resource = Node(type: scope.resourceType, value: scope.resource)
            if try evaluation.holds(rules.expressions[number], at: node, in: resource) == false {
                reportViolation(of: number, at: index)
            }
        } catch {
            // What keeps a rule from being evaluated is reported elsewhere as well, or it costs too much.
            report.add(
                error.code == .limit ? .error : .warning, error.code == .limit ? .tooCostly : .processing, at: index,
                "the invariant could not be evaluated: \(error.message)", rule: invariant.key)
        }
        stepCount += evaluation.stepCount
        if stepCount > ResourceValidator.maximumStepCount {
            report(.tooCostly, at: root, "checking the invariants of this resource takes too long")
        }
    }

    /// Evaluates on the outermost resource that is no entry of another.
    var evaluation: Evaluation {
        mutating get {
            if let known = scope.evaluation { return known }
            var environment = Environment()
            environment.knowledge = knowledge
            let made = Evaluation(document, root: scope.root, engine: engine, environment: environment)
            scope.evaluation = made
            return made
        }
    }

    /// Nil where only invariants of the standard are evaluated, none of which asks for value sets or profiles.
    private var knowledge: ValidationKnowledge? {
        mutating get {
            if let known = progress.knowledge { return known }
            guard options.includesWarnings || demand.hasSource || !demand.canonicals.isEmpty else { return nil }
            let made = ValidationKnowledge(validator, demand)
            progress.knowledge = made
            return made
        }
    }

    @inline(never)
    private mutating func reportViolation(of number: Int, at index: Document.Index) {
        let invariant = definitions.invariants[number]
        let severity: ValidationIssue.Severity = invariant.severity == .error ? options.invariantSeverity : .warning
        report.add(severity, .invariant, at: index, invariant.human, rule: invariant.key)
    }
}
