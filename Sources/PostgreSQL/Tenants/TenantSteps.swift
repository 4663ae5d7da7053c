/// The statements of one round trip, with those before and behind that set and take back the role of tenants.
struct TenantSteps {
    private(set) var steps: [PipelineStep] = []
    /// For each statement its place in `steps`.
    private var places: [Int] = []

    /// For a session, in order. The role is taken back behind the last of the reads: the transaction may go on.
    init(_ statements: [(PipelineStep, tenant: String?)]) {
        var current: String?
        for (step, tenant) in statements {
            change(&current, to: tenant)
            places.append(steps.count)
            steps.append(step)
        }
        change(&current, to: nil)
        if !steps.isEmpty { steps[steps.count - 1].endsGroup = true }
    }

    /// For a lane, whose statements have nothing to do with each other: those without a tenant first, then tenant by
    /// tenant, as one transaction, at whose end the role is gone.
    init(together statements: [(PipelineStep, tenant: String?)]) {
        places = Array(repeating: 0, count: statements.count)
        let order = statements.indices.sorted { left, right in
            (statements[left].tenant ?? "", left) < (statements[right].tenant ?? "", right)
        }
        var current: String?
        for index in order {
            if let tenant = statements[index].tenant, tenant != current {
                steps.append(TenantRole.entering(tenant))
                current = tenant
            }
            places[index] = steps.count
            steps.append(statements[index].0)
        }
        if !steps.isEmpty { steps[steps.count - 1].endsGroup = true }
    }

    /// For a lane, each a transaction of its own.
    init(apart statements: [(PipelineStep, tenant: String?)]) {
        for (step, tenant) in statements {
            if let tenant { steps.append(TenantRole.entering(tenant)) }
            places.append(steps.count)
            steps.append(step)
            steps[steps.count - 1].endsGroup = true
        }
    }

    /// What belongs to the statements, in their order.
    func own<Outcome>(of outcomes: [Outcome]) -> [Outcome] { places.map { outcomes[$0] } }

    /// The statement that a step belongs to; nil for none.
    func statement(ofStep step: Int) -> Int? { places.firstIndex { $0 >= step } }

    private mutating func change(_ current: inout String?, to tenant: String?) {
        if let tenant {
            if tenant != current { steps.append(TenantRole.entering(tenant)) }
        } else if current != nil {
            steps.append(TenantRole.leaving)
        }
        current = tenant
    }
}
