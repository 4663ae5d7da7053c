package import HL7Syntax
internal import JSONTape

/// One FHIR resource made of a message, with what the store needs to put it in its place.
package struct MappedResource: Sendable, Hashable {
    /// How the store finds an existing resource and what it may do to it.
    package enum Matching: Sendable, Hashable {
        /// Update the resource of this id, subject to the version stamp; make it when there is none.
        case update
        /// Make it when there is none of this id; leave an existing one alone (it is only mentioned here).
        case createIfAbsent
        /// The id is that of the patient found by identifiers, or new; names and addresses follow the freshest message.
        case patient
        /// An order: look it up by placer number, then filler number (system and value); make it only when none fits.
        case order(placer: FHIRIdentifier?, filler: FHIRIdentifier?)
    }

    /// OBX-5 may be left out where only the status changes.
    package enum StoredValueRule: Sendable, Hashable {
        /// The resource is complete as it is.
        case replace
        /// OBX-5 came empty: a stored value stays, with the new status.
        case keepIfAny
        /// OBX-11 is U: a stored value stays; when nothing is stored the message goes to quarantine.
        case required
    }

    package var type: String { key.type }
    /// Canonical text of the identity key, for the side table with the unique index.
    package var identityKey: String { key.text }
    let key: IdentityKey
    package let id: String
    package private(set) var json: [UInt8]
    package let matching: Matching
    /// The guard against late messages; `nil` where none applies.
    package var stamp: ResultStamp?
    /// What happens to a value that is stored already and was not sent again.
    package var storedValue = StoredValueRule.replace
    /// What the clinic may have to be told of; nil for what is no result.
    package var notice: ResultNotice?
    /// Where it came from.
    package let location: HL7Location?

    init(
        _ key: IdentityKey, _ object: FHIRObject, matching: Matching, stamp: ResultStamp? = nil,
        location: HL7Location?, id: String? = nil
    ) {
        self.key = key
        self.id = id ?? key.id
        json = object.json
        self.matching = matching
        self.stamp = stamp
        self.location = location
    }

    /// Says that it takes the place of a report, `DiagnosticReport/<id>` (F-26).
    package mutating func replaces(_ report: String) {
        change { object in
            object.append(
                "extension", .extension(ExtensionURL.reportReplaces, "valueReference", .reference(report)))
        }
    }

    /// Turns a cancelled result into one entered in error.
    package mutating func takeBack() {
        change { object in
            object.set("status", .string("entered-in-error"))
        }
        notice = notice.map {
            ResultNotice(group: $0.group, status: "entered-in-error", isCritical: false, isWrong: true)
        }
    }

    private mutating func change(_ edit: (inout FHIRObject) -> Void) {
        guard let document = try? Document.parse(json) else { return }
        var object = FHIRObject(JSONNode(document))
        edit(&object)
        json = object.json
    }

    /// Adds to its lists of references.
    package mutating func append(_ references: [String], to element: String) {
        change { object in
            for reference in references { object.append(element, .reference(reference)) }
        }
    }
}

/// What a result means to those who wait for it.
package struct ResultNotice: Sendable, Hashable {
    /// Rank of its OBR among those of the patient, from 0.
    package let group: Int
    /// Observation.status.
    package let status: String
    /// Flagged AA, HH or LL, or beyond the limits of `SourceProfile.criticalLimits`.
    package let isCritical: Bool
    /// OBX-11 is W: filed with the wrong patient, or the like.
    package let isWrong: Bool
}

/// An identifier as a pair, for look-ups.
package struct FHIRIdentifier: Sendable, Hashable {
    package let system: String
    package let value: String

    package init(system: String, value: String) {
        self.system = system
        self.value = value
    }
}

/// Which of two versions of a result is the newer. Time first, then rank, then order of arrival.
package struct ResultStamp: Sendable, Hashable, Comparable {
    /// OBR-22, else MSH-7, in seconds since 1970; 0 when neither can be read.
    package let seconds: Int
    /// 0 registered, 1 preliminary, 2 partial, 3 final, 4 corrected or amended, 5 cancelled or entered in error.
    package let rank: Int

    package init(seconds: Int, rank: Int) {
        self.seconds = seconds
        self.rank = rank
    }

    package static func < (left: ResultStamp, right: ResultStamp) -> Bool {
        (left.seconds, left.rank) < (right.seconds, right.rank)
    }

    /// Rank of a FHIR status of Observation or DiagnosticReport.
    package static func rank(status: String) -> Int {
        switch status {
        case "registered": 0
        case "preliminary": 1
        case "partial": 2
        case "final": 3
        case "corrected", "amended", "appended": 4
        case "cancelled", "entered-in-error": 5
        default: 0
        }
    }
}

/// What one message became.
package struct MappedMessage: Sendable {
    /// In dependency order: whatever a resource refers to comes before it, or is already stored.
    package let resources: [MappedResource]
    package let warnings: [MappingIssue]
    /// Links to results of other messages (OBR-26, OBR-29) for the store to resolve, now or later.
    package let pendingLinks: [PendingLink]
    /// One for each report, in order.
    package let reports: [MappedReport]
    /// Why a person has to look at it, though it can be applied; nil if all is well.
    package let review: String?
}

/// A report of a message, as far as the store has to know what is in it.
package struct MappedReport: Sendable, Hashable {
    /// `DiagnosticReport/<id>`.
    package let address: String
    /// Rank of its OBR among those of the patient, from 0.
    package let group: Int
    /// DiagnosticReport.status.
    package let status: String
    /// Id that a new order would get, `OrderQuery.newID`; nil where the report has no order number.
    package let orderID: String?
    /// OBR-3 and OBR-2, each where it is told.
    package let filler: FHIRIdentifier?
    package let placer: FHIRIdentifier?
    /// First code of OBR-4.
    package let code: String
    /// OBR-7 as FHIR writes it; empty if there is none.
    package let effective: String
    /// `Observation/<id>` of answers to questions of the order (OBX-29 is QST or SCI).
    package let information: [String]

    /// Whether nothing more is to come.
    package var isDone: Bool { Self.isDone(status) }

    /// Of a DiagnosticReport.status.
    package static func isDone(_ status: String) -> Bool {
        ["final", "corrected", "amended", "appended", "cancelled", "entered-in-error"].contains(status)
    }
}

/// A child result whose parent is in another message. §2.5.3: `derivedFrom` on the child, `hasMember` on the parent.
package struct PendingLink: Sendable, Hashable {
    /// `DiagnosticReport/<id>` of the child.
    package let childReport: String
    /// `Observation/<id>` of the child's results.
    package let childObservations: [String]
    /// Filler number of the parent order (OBR-29.2), else its placer number.
    package let parentFiller: String?
    package let parentPlacer: String?
    /// OBR-26.1 and .2: the parent result's code and sub-id.
    package let parentCode: String
    package let parentSubID: String
    /// `Patient/<id>`.
    package let subject: String

    package init(
        childReport: String, childObservations: [String], parentFiller: String?, parentPlacer: String?,
        parentCode: String, parentSubID: String, subject: String
    ) {
        self.childReport = childReport
        self.childObservations = childObservations
        self.parentFiller = parentFiller
        self.parentPlacer = parentPlacer
        self.parentCode = parentCode
        self.parentSubID = parentSubID
        self.subject = subject
    }
}
