import ClinicWorkflows
import FHIRDefinitions
import FHIRServer

/// Calls of every operation that the server declares, with what it declares that they take.
struct OperationMaker {
    private static let declarations =
        (StandardOperations.all + ClinicWorkflows.operations.map { WorkflowOperation($0) } + MessageOperations.all).map(
            \.declaration)

    let definitions: FHIRDefinitions
    var values: ValueMaker
    var queries: QueryMaker

    mutating func request() -> FuzzRequest {
        let declaration = values.random.pick(Self.declarations)
        let level = values.random.pick([.system, .type, .instance, .version].filter(declaration.levels.contains))
        let types = declaration.types.sorted()
        var type = types.isEmpty ? values.type() : definitions.resourceType(named: values.random.pick(types))
        if values.isStrange() { type = values.type() }
        let name = type.map { definitions.name(of: $0) } ?? "Patient"
        let place =
            switch level {
            case .system: ""
            case .type: name + "/"
            case .instance: "\(name)/\(values.id())/"
            case .version: "\(name)/\(values.id())/_history/1/"
            }
        let operation = values.isStrange() ? values.random.pick(["x", "", "%27", "reindex"]) : declaration.name
        let path = "/fhir/\(place)$\(operation)"
        var request = call(declaration, path, about: level == .system ? nil : type)
        request.kind = "$" + declaration.name
        if declaration.name == "everything" || declaration.name == "lastn" {
            request.follow = Randomness(seed: values.random.next(), index: 0)
        }
        return request
    }

    private mutating func call(_ declaration: OperationDeclaration, _ path: String, about type: TypeID?) -> FuzzRequest
    {
        if declaration.name == "graphql" { return graphQL(path, about: type) }
        let inputs = declaration.parameters.filter { $0.use == .input }
        var pairs: [(parameter: OperationDeclaration.Parameter, value: String)] = []
        for parameter in inputs where parameter.min > 0 || values.random.chance(35) {
            for _ in 0..<(parameter.max == 1 || !values.random.chance(20) ? 1 : 3) {
                pairs.append((parameter, value(parameter)))
            }
        }
        guard declaration.affectsState || values.random.chance(50) else {
            var query = pairs.map { "\($0.parameter.name)=\($0.value)" }
            if declaration.name == "lastn" {
                query += ["patient=f1", "code=http://example.org/a%7Ca,a,8480-6"]
                if let type { query.append(queries.query(type)) }
            }
            if values.isStrange() { query.append(values.strange() + "=" + values.strange()) }
            return FuzzRequest(path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
        }
        var list = pairs.map { pair in #"{"name":"\#(pair.parameter.name)",\#(member(pair.parameter, pair.value))}"# }
        if declaration.name == "lastn" {
            list += [#"{"name":"patient","valueString":"f1"}"#, #"{"name":"code","valueString":"a"}"#]
        }
        if values.isStrange() {
            list.append(values.random.pick([#"{"name":""}"#, #"{"name":"x","valueString":"a"}"#, "{}", "1", "[]"]))
        }
        var request = FuzzRequest("POST", path)
        request.body = Array(#"{"resourceType":"Parameters","parameter":[\#(list.joined(separator: ","))]}"#.utf8)
        request.add("Content-Type", "application/fhir+json")
        return request
    }

    /// In the form of a query.
    private mutating func value(_ parameter: OperationDeclaration.Parameter) -> String {
        if values.isStrange() { return values.strange() }
        switch parameter.name {
        case "_type": return values.random.pick(["Observation", "Patient,Encounter", "Condition"])
        case "statistic":
            return values.random.pick([
                "average", "maximum", "minimum", "count", "median", "std-dev", "sum", "kurtosis",
            ])
        case "graph": return values.random.pick(["GraphDefinition/f1", "http://example.org/a", "http://a/b%7C1"])
        case "_cursor": return "AAAA"
        default: break
        }
        return switch parameter.type {
        case "boolean": values.random.pick(["true", "false"])
        case "integer", "positiveInt", "unsignedInt": "\(1 + values.random.below(5))"
        case "decimal": values.random.pick(["1", "0.5", "1e3", "87600"])
        case "date": values.random.pick(["2020", "2020-02", "2020-02-29", "2019-01-01", "2100"])
        case "dateTime", "instant": values.random.pick(["2020-02-29T10:00:00Z", "2019-01-01T00:00:00%2B02:00"])
        case "uri", "Reference": "Patient/f\(values.random.below(Corpus.idCount))"
        case "code": values.random.pick(["a", "patient", "staff", "Observation"])
        default: values.random.pick(["a", "8480-6", "f1"])
        }
    }

    /// The `value[x]` or `resource` of a Parameters resource.
    private mutating func member(_ parameter: OperationDeclaration.Parameter, _ value: String) -> String {
        let plain = value.filter { $0 != "\"" && $0 != "\\" && $0 != "%" }
        let type = parameter.type ?? "string"
        switch type {
        case "boolean", "integer", "positiveInt", "unsignedInt", "decimal":
            return "\"value\(type.prefix(1).uppercased() + type.dropFirst())\":"
                + (values.isStrange() ? "\"x\"" : plain.isEmpty || values.strangeness > 0 ? "1" : plain)
        case "Meta":
            return values.random.pick([
                #""valueMeta":{"tag":[{"system":"a","code":"b"}]}"#, #""valueMeta":{"profile":["http://a/b"]}"#,
                #""valueMeta":{"security":[{"system":"a","code":"b","display":"c"}],"tag":[{"code":"c"}]}"#,
            ])
        case "Coding": return #""valueCoding":{"system":"http://example.org/a","code":"a"}"#
        case "CodeableConcept": return #""valueCodeableConcept":{"text":"a"}"#
        case "Reference":
            let target = parameter.name.contains("slot") ? "Slot" : "Patient"
            return #""valueReference":{"reference":"\#(target)/f\#(values.random.below(Corpus.idCount))"}"#
        case "Period": return #""valuePeriod":{"start":"2020-01-01","end":"2100"}"#
        default:
            if let resource = definitions.resourceType(named: type) {
                var maker = ResourceMaker(
                    definitions: definitions, random: Randomness(seed: values.random.next(), index: 0),
                    strangeness: values.strangeness)
                return #""resource":"# + String(decoding: maker.resource(resource, id: nil), as: UTF8.self)
            }
            return #""value\#(type.prefix(1).uppercased() + type.dropFirst())":"\#(plain)""#
        }
    }

    private mutating func graphQL(_ path: String, about type: TypeID?) -> FuzzRequest {
        var maker = GraphQLMaker(definitions: definitions, values: values)
        let query = maker.query(about: type)
        values = maker.values
        var request = FuzzRequest("POST", path)
        switch values.random.below(3) {
        case 0:
            request.add("Content-Type", "application/graphql")
            request.body = Array(query.utf8)
        case 1:
            request.add("Content-Type", "application/json")
            let variables = values.random.pick(["", #","variables":{"x":"f1"}"#, #","operationName":"Q""#])
            request.body = Array(#"{"query":\#(JSONText.string(query))\#(variables)}"#.utf8)
        default: request = FuzzRequest("\(path)?query=\(PercentText.encoded(query))")
        }
        return request
    }
}
