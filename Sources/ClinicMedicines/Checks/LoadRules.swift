package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /fhir/$medicine-rules-load`: puts a set of rules in force, replaces it, or takes it out of force.
package struct LoadRules: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "medicine-rules-load", level: .system, affectsState: true,
            documentation: "Loads a set of rules for checks of medicines, or switches one on or off. A set that is "
                + "given terms or rules is replaced whole. The built-in set is named starter.",
            roles: [.superadmin, .pharmacy, .medicalAdmin],
            parameters: [
                .init(.input, "name", 1, 1, "code", "Name of the set."),
                .init(.input, "version", 0, 1, "string", "Its version."),
                .init(.input, "date", 0, 1, "date", "When it was published."),
                .init(.input, "active", 0, 1, "boolean", "Whether it is in force; default true."),
                .init(
                    .input, "term", 0, nil, nil, "A name or code of a medicine.",
                    parts: [
                        .init(.input, "term", 1, 1, "string", "In small letters, or system|code."),
                        .init(.input, "ingredient", 1, 1, "string", "What it is."),
                        .init(.input, "class", 0, nil, "string", "ATC codes."),
                    ]),
                .init(
                    .input, "rule", 0, nil, nil, "A rule.",
                    parts: [
                        .init(
                            .input, "kind", 1, 1, "code", RuleBook.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                        ),
                        .init(.input, "subject", 1, 1, "string", "Ingredient or ATC code."),
                        .init(.input, "object", 0, 1, "string", "The other ingredient, ATC code or condition."),
                        .init(.input, "severity", 1, 1, "code", "high, moderate or low."),
                        .init(.input, "detail", 1, 1, "string", "What is said of it."),
                        .init(.input, "maximum", 0, 1, "decimal", "Of a dose: milligrams a day."),
                    ]),
                .init(.output, "edition", 1, 1, "string", "The sets in force, with their versions."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let name = parameters.text("name") ?? ""
        let date = parameters.text("date")
        if let date, FHIRDate(date)?.text.utf8.count != 10 {
            throw OperationParameters.invalid("the parameter date is a day", at: parameters.place(of: "date"))
        }
        var enter = SQLParameters()
        enter.append(text: name)
        enter.append(text: parameters.text("version"))
        enter.append(text: date)
        enter.append(bool: parameters.has("active") ? parameters.bool("active") : true)
        enter.append(text: work.call.caller)
        var statements = [(Self.enter, enter)]
        if parameters.has("term") || parameters.has("rule") {
            var only = SQLParameters()
            only.append(text: name)
            statements += [(Self.forgetTerms, only), (Self.forgetRules, only)]
            statements += try parameters.groups("term").map { (Self.addTerm, try term($0, name)) }
            statements += try parameters.groups("rule").map { (Self.addRule, try rule($0, name)) }
        }
        _ = try await work.transaction.session.queries(statements)
        let editions = try await work.transaction.session.query(Self.editions, SQLParameters())
        var answer = ParametersWriter()
        answer.add("edition", string: editions.string(0, 0) ?? "none")
        return ClinicAnswer(answer)
    }

    private func term(_ parameters: OperationParameters, _ name: String) throws -> SQLParameters {
        var values = SQLParameters()
        values.append(text: name)
        let term = parameters.text("term") ?? ""
        values.append(text: term.contains("|") ? term : term.lowercased())
        values.append(text: parameters.text("ingredient"))
        values.append(textArray: parameters.texts("class"))
        return values
    }

    private func rule(_ parameters: OperationParameters, _ name: String) throws -> SQLParameters {
        let kind = try parameters.code("kind", RuleBook.Kind.self)
        let severity = try parameters.code("severity", RuleBook.Severity.self)
        let maximum = parameters.decimal("maximum")
        if kind == .dose {
            guard let maximum, let exact = ExactNumber(maximum.text), ExactNumber(0) < exact else {
                throw OperationParameters.invalid(
                    "a rule of doses has a maximum above zero", at: parameters.place(of: "kind"))
            }
        }
        if kind == .interaction || kind == .allergy || kind == .condition, !parameters.has("object") {
            throw OperationParameters.invalid("a rule of this kind has an object", at: parameters.place(of: "kind"))
        }
        var values = SQLParameters()
        for text in [name, kind?.rawValue, parameters.text("subject"), parameters.text("object") ?? ""] {
            values.append(text: text)
        }
        values.append(text: severity?.rawValue)
        values.append(text: parameters.text("detail"))
        values.append(text: kind == .dose ? maximum?.text : nil)
        return values
    }

    private static let enter = SQLStatement(
        """
        INSERT INTO medicine_rule_set AS s (name, version, published, is_active, actor)
        VALUES ($1::text, coalesce($2::text, '1'), coalesce($3::text::date, now()::date), $4::bool, $5::text)
        ON CONFLICT (name) DO UPDATE SET version = coalesce($2::text, s.version),
          published = coalesce($3::text::date, s.published), is_active = $4::bool, actor = $5::text, changed = now()
        """)
    private static let forgetTerms = SQLStatement("DELETE FROM medicine_term WHERE rule_set = $1::text")
    private static let forgetRules = SQLStatement("DELETE FROM medicine_rule WHERE rule_set = $1::text")
    private static let addTerm = SQLStatement(
        """
        INSERT INTO medicine_term (rule_set, term, ingredient, classes)
        VALUES ($1::text, $2::text, $3::text, $4::text[])
        ON CONFLICT (term, ingredient, rule_set) DO UPDATE SET classes = excluded.classes
        """)
    private static let addRule = SQLStatement(
        """
        INSERT INTO medicine_rule (rule_set, kind, subject, object, severity, detail, maximum)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text::numeric)
        """)
    private static let editions = SQLStatement(
        "SELECT string_agg(name || ' ' || version, ', ' ORDER BY name) FROM medicine_rule_set WHERE is_active")
}
