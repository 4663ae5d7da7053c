extension SegmentTable {
    /// Segments P to Q; see `SegmentTable` for how a row reads.
    static let pToQ = """
        PAC 2.7 Shipment Package|Set ID PAC:SI!*|Package ID:EI*|Parent Package ID:EI*|Position in Parent \
        Package:NA*|Package Type:CWE!*|Package Condition:CWE*|Package Handling Code:CWE*|Package Risk Code:CWE*
        PCE 2.6 Patient Charge Cost Center Exceptions|Set ID PCE:SI!|Cost Center Account Number:IS>2.7 :CX|\
        Transaction Code:CWE|Transaction Amount Unit:CP
        PCR 2.3 Possible Causal Relationship|Implicated Product:CE>2.6 :CWE!|Generic Product:IS|Product \
        Class:CE>2.6 :CWE|Total Duration of Therapy:CQ|Product Manufacture Date:TS>2.6 :DTM|Product Expiration \
        Date:TS>2.6 :DTM|Product Implantation Date:TS>2.6 :DTM|Product Explantation Date:TS>2.6 :DTM|Single Use \
        Device:IS>2.7 :CWE|Indication for Product Use:CE>2.6 :CWE|Product Problem:IS>2.7 :CWE|Product Serial Lot \
        Number:ST*|Product Available for Inspection:IS>2.7 :CWE|Product Evaluation Performed:CE>2.6 :CWE|Product \
        Evaluation Status:CE>2.6 :CWE|Product Evaluation Results:CE>2.6 :CWE|Evaluated Product Source:ID|Date \
        Product Returned to Manufacturer:TS>2.6 :DTM|Device Operator Qualifications:ID|Relatedness Assessment:ID|\
        Action Taken in Response to the Event:ID*|Event Causality Observations:ID*|Indirect Exposure Mechanism:ID*
        PD1 2.3 Patient Additional Demographic|Living Dependency:IS>2.7 :CWE*|Living Arrangement:IS>2.7 :CWE|\
        Patient Primary Facility:XON*|Patient Primary Care Provider Name & ID No.:XCN>2.7 :-*|Student \
        Indicator:IS>2.7 :CWE|Handicap:IS>2.7 :CWE|Living Will Code:IS>2.7 :CWE|Organ Donor Code:IS>2.7 :CWE|\
        Separate Bill:ID|Duplicate Patient:CX*|Publicity Code:CE>2.6 :CWE|Protection Indicator:ID|2.4 Protection \
        Indicator Effective Date:DT|2.4 Place of Worship:XON*|2.4 Advance Directive Code:CE>2.6 :CWE*|2.4 \
        Immunization Registry Status:IS>2.7 :CWE|2.4 Immunization Registry Status Effective Date:DT|2.4 Publicity \
        Code Effective Date:DT|2.4 Military Branch:IS>2.7 :CWE|2.4 Military Rank/Grade:IS>2.7 :CWE|2.4 Military \
        Status:IS>2.7 :CWE|2.6 Advance Directive Last Verified Date:DT
        PDA 2.4 Patient Death and Autopsy|Death Cause Code:CE>2.6 :CWE*|Death Location:PL|Death Certified \
        Indicator:ID|Death Certificate Signed Date/Time:TS>2.6 :DTM|Death Certified by:XCN|Autopsy Indicator:ID|\
        Autopsy Start and End Date/Time:DR|Autopsy Performed by:XCN|Coroner Indicator:ID
        PDC 2.3 Product Detail Country|Manufacturer Distributor:XON!*|Country:CE>2.6 :CWE!|Brand Name:ST!|Device \
        Family Name:ST|Generic Name:CE>2.6 :CWE|Model Identifier:ST*|Catalogue Identifier:ST|Other Identifier:ST*|\
        Product Code:CE>2.6 :CWE|Marketing Basis:ID|Marketing Approval ID:ST|Labeled Shelf Life:CQ|Expected Shelf \
        Life:CQ|Date First Marketed:TS>2.6 :DTM|Date Last Marketed:TS>2.6 :DTM
        PEO 2.3 Product Experience Observation|Event Identifiers Used:CE>2.6 :CWE*|Event Symptom Diagnosis \
        Code:CE>2.6 :CWE*|Event Onset Date/Time:TS>2.6 :DTM!|Event Exacerbation Date/Time:TS>2.6 :DTM|Event \
        Improved Date/Time:TS>2.6 :DTM|Event Ended Data Time:TS>2.6 :DTM|Event Location Occurred Address:XAD*|\
        Event Qualification:ID*|Event Serious:ID|Event Expected:ID|Event Outcome:ID*|Patient Outcome:ID|Event \
        Description from Others:FT*|Event Description from Original Reporter:FT*|Event Description from \
        Patient:FT*|Event Description from Practitioner:FT*|Event Description from Autopsy:FT*|Cause of \
        Death:CE>2.6 :CWE*|Primary Observer Name:XPN*|Primary Observer Address:XAD*|Primary Observer \
        Telephone:XTN*|Primary Observer's Qualification:ID|Confirmation Provided by:ID|Primary Observer Aware \
        Date/Time:TS>2.6 :DTM|Primary Observer's Identity May Be Divulged:ID
        PES 2.3 Product Experience Sender|Sender Organization Name:XON*|Sender Individual Name:XCN*|Sender \
        Address:XAD*|Sender Telephone:XTN*|Sender Event Identifier:EI|Sender Sequence Number:NM|Sender Event \
        Description:FT*|Sender Comment:FT|Sender Aware Date/Time:TS>2.6 :DTM|Event Report Date:TS>2.6 :DTM!|Event \
        Report Timing Type:ID*|Event Report Source:ID|Event Reported to:ID*
        PID 2.1 Patient Identification|Set ID - PID:SI|Patient ID:CK>2.2 :CM>2.3 :CX>2.7 :-|Patient Identifier \
        List:CK>2.2 :CM>2.3 :CX!*|Alternate Patient ID - PID:ST>2.3 :CX>2.7 :-*|Patient Name:PN>2.3 :XPN!*|\
        Mother's Maiden Name:ST>2.3 :XPN*|Date/Time of Birth:DT>2.2 :TS>2.6 :DTM|Administrative Sex:ID>2.3 :IS>2.7 \
        :CWE|Patient Alias:PN>2.3 :XPN>2.7 :-*|Ethnic Group:ID>2.2 Race:ID>2.3 :IS>2.3.1 :CE>2.6 :CWE*|Patient \
        Address:AD>2.3 :XAD*|County Code:ID>2.3 :IS>2.7 :-|Phone Number - Home:TN>2.3 :XTN*|Phone Number - \
        Business:TN>2.3 :XTN*|Primary Language:ST>2.3 :CE>2.6 :CWE|Marital Status:ID>2.3 :IS>2.3.1 :CE>2.6 :CWE|\
        Religion:ID>2.3 :IS>2.3.1 :CE>2.6 :CWE|Patient Account Number:CK>2.2 :CM>2.3 :CX|SSN Number - \
        Patient:ST>2.7 :-|Driver's License Number - Patient:CM>2.3 :DLN>2.7 :-|2.2 Mother's Identifier:CM>2.3 \
        :CX*|2.2 Ethnic Group:ID>2.3 :IS>2.3.1 :CE>2.6 :CWE*|2.2 Birth Place:ST|2.2 Multiple Birth Indicator:ID|\
        2.2 Birth Order:NM|2.2 Citizenship:ID>2.3 :IS>2.3.1 :CE>2.6 :CWE*|2.2 Veterans Military Status:ST>2.3 \
        :CE>2.6 :CWE|2.3 Nationality:CE>2.6 :CWE>2.7 :ST|2.3 Patient Death Date and Time:TS>2.6 :DTM|2.3 Patient \
        Death Indicator:ID|2.4 Identity Unknown Indicator:ID|2.4 Identity Reliability Code:IS>2.7 :CWE*|2.4 Last \
        Update Date/Time:TS>2.6 :DTM|2.4 Last Update Facility:HD|2.4 Species Code:CE>2.6 :CWE>2.8 Taxonomic \
        Classification Code:CWE|2.4 Breed Code:CE>2.6 :CWE|2.4 Strain:ST|2.4 Production Class Code:CE>2.6 :CWE|2.5 \
        Tribal Citizenship:CWE*|2.7 Patient Telecommunication Information:XTN*
        PKG 2.6 Item Packaging|Set ID PKG:SI!|Packaging Units:CWE|Default Order Unit of Measure Indicator:CNE|\
        Package Quantity:NM|Price:CP|Future Item Price:CP|Future Item Price Effective Date:DTM|2.8 Global Trade \
        Item Number:CWE
        PM1 2.8.2 Payer Master File|Health Plan ID:CWE!|Insurance Company ID:CX!*|Insurance Company Name:XON*|\
        Insurance Company Address:XAD*|Insurance Co Contact Person:XPN*|Insurance Co Phone Number:XTN*|Group \
        Number:ST|Group Name:XON*|Plan Effective Date:DT|Plan Expiration Date:DT|Patient DOB Required:ID|Patient \
        Gender Required:ID|Patient Relationship Required:ID|Patient Signature Required:ID|Diagnosis Required:ID|\
        Service Required:ID|Patient Name Required:ID|Patient Address Required:ID|Subscribers Name Required:ID|\
        Workman's Comp Indicator:ID|Bill Type Required:ID|Commercial Carrier Name and Address Required:ID|Policy \
        Number Pattern:ST|Group Number Pattern:ST
        PMT 2.6 Payment Information|Payment Remittance Advice Number:EI!|Payment Remittance Effective \
        Date/Time:DTM!|Payment Remittance Expiration Date/Time:DTM!|Payment Method:CWE!|Payment Remittance \
        Date/Time:DTM!|Payment Remittance Amount:CP!|Check Number:EI|Payee Bank Identification:XON|Payee Transit \
        Number:ST|Payee Bank Account ID:CX|Payment Organization:XON!|Esr Code Line:ST
        PR1 2.1 Procedures|Set ID - PR1:SI!|Procedure Coding Method:ID>2.3 :IS>2.6 :-|Procedure Code:ID>2.3 \
        :CE>2.6 :CNE!|Procedure Description:ST>2.6 :-|Procedure Date/Time:TS>2.6 :DTM!|Procedure Functional \
        Type:ID>2.3.1 :IS>2.7 :CWE|Procedure Minutes:NM|Anesthesiologist:CN>2.3 :XCN>2.6 :->2.7 :-*|Anesthesia \
        Code:ID>2.3 :IS>2.7 :CWE|Anesthesia Minutes:NM|Surgeon:CN>2.3 :XCN>2.8 :-*|Resident Code:CN>2.2 Procedure \
        Practitioner:CM>2.3 :XCN>2.8 :-*|Consent Code:ID>2.3 :CE>2.6 :CWE|2.2 Procedure Priority:NM>2.4 :ID>2.7 \
        :NM|2.3 Associated Diagnosis Code:CE>2.6 :CWE|2.3.1 Procedure Code Modifier:CE>2.6 :CNE*|2.4 Procedure DRG \
        Type:IS>2.7 :CWE|2.4 Tissue Type Code:CE>2.6 :CWE*|2.5 Procedure Identifier:EI|2.5 Procedure Action \
        Code:ID|2.6 DRG Procedure Determination Status:IS>2.7 :CWE|2.6 DRG Procedure Relevance:IS>2.7 :CWE|2.7 \
        Treating Organizational Unit:PL*|2.7 Respiratory Within Surgery:ID|2.7 Parent Procedure ID:EI
        PRA 2.2 Practitioner Detail|Primary Key Value PRA:ST>2.3.1 :CE>2.6 :CWE|Practitioner Group:CE>2.6 :CWE*|\
        Practitioner Category:ID>2.3.1 :IS>2.7 :CWE*|Provider Billing:ID|Specialty:CM>2.3.1 :SPD*|Practitioner ID \
        Numbers:CM>2.3.1 :PLN*|Privileges:CM>2.3.1 :PIP*|2.3.1 Date Entered Practice:DT|2.4 Institution:CE>2.6 \
        :CWE|2.4 Date Left Practice:DT|2.4 Government Reimbursement Billing Eligibility:CE>2.6 :CWE*|2.4 Set ID \
        PRA:SI
        PRB 2.3 Problem Details|Action Code:ID!|Action Date/Time:TS>2.6 :DTM!|Problem ID:CE>2.6 :CWE!|Problem \
        Instance ID:EI!|Episode of Care ID:EI|Problem List Priority:NM|Problem Established Date/Time:TS>2.6 :DTM|\
        Anticipated Problem Resolution Date/Time:TS>2.6 :DTM|Actual Problem Resolution Date/Time:TS>2.6 :DTM|\
        Problem Classification:CE>2.6 :CWE|Problem Management Discipline:CE>2.6 :CWE*|Problem Persistence:CE>2.6 \
        :CWE|Problem Confirmation Status:CE>2.6 :CWE|Problem Life Cycle Status:CE>2.6 :CWE|Problem Life Cycle \
        Status Date/Time:TS>2.6 :DTM|Problem Date of Onset:TS>2.6 :DTM|Problem Onset Text:ST|Problem \
        Ranking:CE>2.6 :CWE|Certainty of Problem:CE>2.6 :CWE|Probability of Problem 0 1:NM|Individual Awareness of \
        Problem:CE>2.6 :CWE|Problem Prognosis:CE>2.6 :CWE|Individual Awareness of Prognosis:CE>2.6 :CWE|Family \
        Significant Other Awareness of Problem Prognosis:ST|Security Sensitivity:CE>2.6 :CWE|2.6 Problem \
        Severity:CWE|2.6 Problem Perspective:CWE|2.6 Mood Code:CNE
        PRC 2.3 Pricing|Primary Key Value PRC:CE>2.6 :CWE!|Facility ID PRC:EI>2.3.1 :CE>2.6 :CWE*|\
        Department:CE>2.6 :CWE*|Valid Patient Classes:ID>2.3.1 :IS>2.7 :CWE*|Price:CP*|Formula:ST*|Minimum \
        Quantity:NM|Maximum Quantity:NM|Minimum Price:MO|Maximum Price:MO|Effective Start Date:TS>2.6 :DTM|\
        Effective End Date:TS>2.6 :DTM|Price Override Flag:ID>2.3.1 :IS>2.7 :CWE|Billing Category:CE>2.6 :CWE*|\
        Chargeable Flag:ID|Active Inactive Flag:ID|Cost:MO|Charge on Indicator:ID>2.3.1 :IS>2.7 :CWE
        PRD 2.3 Provider Data|Provider Role:CE>2.6 :CWE!*|Provider Name:XPN*|Provider Address:XAD*|Provider \
        Location:PL|Provider Communication Information:XTN*|Preferred Method of Contact:CE>2.6 :CWE|Provider \
        Identifiers:CM>2.3.1 :PI>2.5 :PLN*|Effective Start Date of Provider Role:TS>2.6 :DTM|Effective End Date of \
        Provider Role:TS>2.6 :DTM|2.6 Provider Organization Name and Identifier:XON*|2.6 Provider Organization \
        Address:XAD*|2.6 Provider Organization Location Information:PL*|2.6 Provider Organization Communication \
        Information:XTN*|2.6 Provider Organization Method of Contact:CWE*
        PRT 2.7 Participation Information|Participation Instance ID:EI*|Action Code:ID!|Action Reason:CWE|Role of \
        Participation:CWE!|Participation Person:XCN*|Person Provider Type:CWE|Organization Unit Type:CWE|\
        Organization:XON*|Location:PL*|Participation Device:EI*|Begin Date/Time (arrival time):DTM|End Date/Time \
        (departure time):DTM|Qualitative Duration:CWE|Address:XAD*|Telecommunication Address:XTN*|2.8.2 UDI Device \
        Identifier:EI|2.8.2 Device Manufacture Date:DTM|2.8.2 Device Expiry Date:DTM|2.8.2 Device Lot Number:ST|\
        2.8.2 Device Serial Number:ST|2.8.2 Device Donation Identification:EI|2.8.2 Device Type:CNE
        PSG 2.6 Product/Service Group|Provider Product Service Group Number:EI!|Payer Product Service Group \
        Number:EI|Product Service Group Sequence Number:SI!|Adjudicate as Group:ID!|Product Service Group Billed \
        Amount:CP!|Product Service Group Description:ST!
        PSH 2.3 Product Summary Header|Report Type:ST!|Report Form Identifier:ST|Report Date:TS>2.6 :DTM!|Report \
        Interval Start Date:TS>2.6 :DTM|Report Interval End Date:TS>2.6 :DTM|Quantity Manufactured:CQ|Quantity \
        Distributed:CQ|Quantity Distributed Method:ID|Quantity Distributed Comment:FT|Quantity in Use:CQ|Quantity \
        in Use Method:ID|Quantity in Use Comment:FT|Number of Product Experience Reports Filed by Facility:NM*|\
        Number of Product Experience Reports Filed by Distributor:NM*
        PSL 2.6 Product/Service Line Item|Provider Product Service Line Item Number:EI!|Payer Product Service Line \
        Item Number:EI|Product Service Line Item Sequence Number:SI!|Provider Tracking ID:EI|Payer Tracking ID:EI|\
        Product Service Line Item Status:CWE!|Product Service Code:CWE!|Product Service Code Modifier:CWE*|Product \
        Service Code Description:ST|Product Service Effective Date:DTM|Product Service Expiration Date:DTM|Product \
        Service Quantity:CQ|Product Service Unit Cost:CP|Number of Items per Unit:NM|Product Service Gross \
        Amount:CP|Product Service Billed Amount:CP|Product Service Clarification Code Type:IS>2.7 :CWE*|Product \
        Service Clarification Code Value:ST*|Health Document Reference Identifier:EI*|Processing Consideration \
        Code:IS>2.7 :CWE*|Restricted Disclosure Indicator:ID!|Related Product Service Code Indicator:CWE|Product \
        Service Amount for Physician:CP|Product Service Cost Factor:NM|Cost Center:CX|Billing Period:DR|Days \
        Without Billing:NM|Session No:NM|Executing Physician ID:XCN|Responsible Physician ID:XCN|Role Executing \
        Physician:CWE|Medical Role Executing Physician:CWE|Side of Body:CWE|Number of Tp's Pp:NM|Tp Value Pp:CP|\
        Internal Scaling Factor Pp:NM|External Scaling Factor Pp:NM|Amount Pp:CP|Number of Tp's Technical Part:NM|\
        Tp Value Technical Part:CP|Internal Scaling Factor Technical Part:NM|External Scaling Factor Technical \
        Part:NM|Amount Technical Part:CP|Total Amount Professional Part Technical Part:CP|Vat Rate:NM|Main \
        Service:ID|Validation:ID|Comment:ST
        PSS 2.6 Product/Service Section|Provider Product Service Section Number:EI!|Payer Product Service Section \
        Number:EI|Product Service Section Sequence Number:SI!|Billed Amount:CP!|Section Description or Heading:ST!
        PTH 2.3 Pathway|Action Code:ID!|Pathway ID:CE>2.6 :CWE!|Pathway Instance ID:EI!|Pathway Established \
        Date/Time:TS>2.6 :DTM!|Pathway Life Cycle Status:CE>2.6 :CWE|Change Pathway Life Cycle Status \
        Date/Time:TS>2.6 :DTM|2.6 Mood Code:CNE
        PV1 2.1 Patient Visit|Set ID - PV1:SI|Patient Class:ID>2.3.1 :IS>2.7 :CWE!|Assigned Patient \
        Location:ID>2.2 :CM>2.3 :PL|Admission Type:ID>2.3.1 :IS>2.7 :CWE|Preadmit Number:ST>2.3 :CX|Prior Patient \
        Location:ID>2.2 :CM>2.3 :PL|Attending Doctor:CN>2.3 :XCN*|Referring Doctor:CN>2.3 :XCN*|Consulting \
        Doctor:CN>2.3 :XCN*|Hospital Service:ID>2.3.1 :IS>2.7 :CWE|Temporary Location:ID>2.2 :CM>2.3 :PL|Preadmit \
        Test Indicator:ID>2.3.1 :IS>2.7 :CWE|Re-admission Indicator:ID>2.3.1 :IS>2.7 :CWE|Admit Source:ID>2.3.1 \
        :IS>2.7 :CWE|Ambulatory Status:ID>2.3 :IS>2.7 :CWE*|VIP Indicator:ID>2.3.1 :IS>2.7 :CWE|Admitting \
        Doctor:CN>2.3 :XCN*|Patient Type:ID>2.3.1 :IS>2.7 :CWE|Visit Number:NM>2.2 :CM>2.3 :CX|Financial \
        Class:ID>2.2 :CM>2.3 :FC*|Charge Price Indicator:ID>2.3.1 :IS>2.7 :CWE|Courtesy Code:ID>2.3.1 :IS>2.7 \
        :CWE|Credit Rating:ID>2.3.1 :IS>2.7 :CWE|Contract Code:ID>2.3.1 :IS>2.7 :CWE*|Contract Effective Date:DT*|\
        Contract Amount:NM*|Contract Period:NM*|Interest Code:ID>2.3.1 :IS>2.7 :CWE|Transfer to Bad Debt \
        Code:ID>2.3.1 :IS>2.7 :CWE|Transfer to Bad Debt Date:DT|Bad Debt Agency Code:ID>2.3.1 :IS>2.7 :CWE|Bad \
        Debt Transfer Amount:NM|Bad Debt Recovery Amount:NM|Delete Account Indicator:ID>2.3.1 :IS>2.7 :CWE|Delete \
        Account Date:DT|Discharge Disposition:ID>2.3.1 :IS>2.7 :CWE|Discharged to Location:ID>2.2 :CM>2.3.1 :DLD|\
        Diet Type:ID>2.3.1 :CE>2.6 :CWE|Servicing Facility:ID>2.3.1 :IS>2.7 :CWE|Bed Status:ID>2.3 :IS|Account \
        Status:ID>2.3.1 :IS>2.7 :CWE|Pending Location:ID>2.2 :CM>2.3 :PL|Prior Temporary Location:ID>2.2 :CM>2.3 \
        :PL|Admit Date/Time:TS>2.6 :DTM|Discharge Date/Time:TS>2.6 :DTM*|Current Patient Balance:NM|Total \
        Charges:NM|Total Adjustments:NM|Total Payments:NM|2.2 Alternate Visit ID:CM>2.3 :CX|2.3 Visit \
        Indicator:IS>2.7 :CWE|2.3 Other Healthcare Provider:XCN*|2.7 Service Episode Description:ST|2.7 Service \
        Episode Identifier:CX
        PV2 2.2 Patient Visit - Additional Information|Prior Pending Location:CM>2.3 :PL|Accommodation Code:CE>2.6 \
        :CWE|Admit Reason:CE>2.6 :CWE|Transfer Reason:CE>2.6 :CWE|Patient Valuables:ST*|Patient Valuables \
        Location:ST|Visit User Code:ID>2.3 :IS>2.7 :CWE*|Expected Admit Date/Time:DT>2.3 :TS>2.6 :DTM|Expected \
        Discharge Date/Time:DT>2.3 :TS>2.6 :DTM|2.3 Estimated Length of Inpatient Stay:NM|2.3 Actual Length of \
        Inpatient Stay:NM|2.3 Visit Description:ST|2.3 Referral Source Code:XCN*|2.3 Previous Service Date:DT|2.3 \
        Employment Illness Related Indicator:ID|2.3 Purge Status Code:IS>2.7 :CWE|2.3 Purge Status Date:DT|2.3 \
        Special Program Code:IS>2.7 :CWE|2.3 Retention Indicator:ID|2.3 Expected Number of Insurance Plans:NM|2.3 \
        Visit Publicity Code:IS>2.7 :CWE|2.3 Visit Protection Indicator:ID|2.3 Clinic Organization Name:XON*|2.3 \
        Patient Status Code:IS>2.7 :CWE|2.3 Visit Priority Code:IS>2.7 :CWE|2.3 Previous Treatment Date:DT|2.3 \
        Expected Discharge Disposition:IS>2.7 :CWE|2.3 Signature on File Date:DT|2.3 First Similar Illness \
        Date:DT|2.3 Patient Charge Adjustment Code:IS>2.3.1 :CE>2.6 :CWE|2.3 Recurring Service Code:IS>2.7 :CWE|\
        2.3 Billing Media Code:ID|2.3 Expected Surgery Date and Time:TS>2.6 :DTM|2.3 Military Partnership Code:ID|\
        2.3 Military Non-Availability Code:ID|2.3 Newborn Baby Indicator:ID|2.3 Baby Detained Indicator:ID|2.4 \
        Mode of Arrival Code:CE>2.6 :CWE|2.4 Recreational Drug Use Code:CE>2.6 :CWE*|2.4 Admission Level of Care \
        Code:CE>2.6 :CWE|2.4 Precaution Code:CE>2.6 :CWE*|2.4 Patient Condition Code:CE>2.6 :CWE|2.4 Living Will \
        Code:IS>2.7 :CWE|2.4 Organ Donor Code:IS>2.7 :CWE|2.4 Advance Directive Code:CE>2.6 :CWE*|2.4 Patient \
        Status Effective Date:DT|2.4 Expected LOA Return Date/Time:TS>2.6 :DTM|2.5 Expected Pre-admission Testing \
        Date/Time:TS>2.6 :DTM|2.5 Notify Clergy Code:IS>2.7 :CWE*|2.6 Advance Directive Last Verified Date:DT
        PYE 2.6 Payee Information|Set ID PYE:SI!|Payee Type:IS>2.7 :CWE!|Payee Relationship to Invoice \
        Patient:IS>2.7 :CWE|Payee Identification List:XON*|Payee Person Name:XPN*|Payee Address:XAD*|Payment \
        Method:IS>2.7 :CWE
        QAK 2.3 Query Acknowledgment|Query Tag:ST|Query Response Status:ID|2.4 Message Query Name:CE>2.6 :CWE|2.4 \
        Hit Count Total:NM|2.4 This Payload:NM|2.4 Hits Remaining:NM
        QID 2.4 Query Identification|Query Tag:ST!|Message Query Name:CE>2.6 :CWE!
        QPD 2.4 Query Parameter Definition|Message Query Name:CE>2.6 :CWE!|Query Tag:ST|User Parameters in \
        Successive Fields:varies
        QRD 2.1 Original-Style Query Definition|Query Date/Time:TS>2.6 :DTM!|Query Format Code:ID!|Query \
        Priority:ID!|Query ID:ST!|Deferred Response Type:ID|Deferred Response Date/Time:TS>2.6 :DTM|Quantity \
        Limited Request:CQ!|Who Subject Filter:ST>2.3 :XCN!*|What Subject Filter:ID>2.3 :CE>2.6 :CWE!*|What \
        Department Data Code:ST>2.3 :CE>2.6 :CWE!*|What Data Code Value Qual:ST>2.2 :CM>2.3.1 :VR*|Query Results \
        Level:ID
        QRF 2.1 Original-Style Query Filter|Where Subject Filter:ST!*|When Data Start Date/Time:TS>2.6 :DTM|When \
        Data End Date/Time:TS>2.6 :DTM|What User Qualifier:ST*|Other Qry Subject Filter:ST*|2.2 Which Date/Time \
        Qualifier:ID*|2.2 Which Date/Time Status Qualifier:ID*|2.2 Date/Time Selection Qualifier:ID*|2.3 When \
        Quantity Timing Qualifier:TQ|2.4 Search Confidence Threshold:NM
        QRI 2.4 Query Response Instance|Candidate Confidence:NM|Match Reason Code:IS>2.7 :CWE*|Algorithm \
        Descriptor:CE>2.6 :CWE
        """
}
