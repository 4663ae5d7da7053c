extension SegmentTable {
    /// Segments G to O; see `SegmentTable` for how a row reads.
    static let gToO = """
        GOL 2.3 Goal Detail|Action Code:ID!|Action Date/Time:TS>2.6 :DTM!|Goal ID:CE>2.6 :CWE!|Goal Instance \
        ID:EI!|Episode of Care ID:EI|Goal List Priority:NM|Goal Established Date/Time:TS>2.6 :DTM|Expected Goal \
        Achieve Date/Time:TS>2.6 :DTM|Goal Classification:CE>2.6 :CWE|Goal Management Discipline:CE>2.6 :CWE|\
        Current Goal Review Status:CE>2.6 :CWE|Current Goal Review Date/Time:TS>2.6 :DTM|Next Goal Review \
        Date/Time:TS>2.6 :DTM|Previous Goal Review Date/Time:TS>2.6 :DTM|Goal Review Interval:TQ>2.7 :-|Goal \
        Evaluation:CE>2.6 :CWE|Goal Evaluation Comment:ST*|Goal Life Cycle Status:CE>2.6 :CWE|Goal Life Cycle \
        Status Date/Time:TS>2.6 :DTM|Goal Target Type:CE>2.6 :CWE*|Goal Target Name:XPN*|2.6 Mood Code:CNE
        GP1 2.4 Grouping/Reimbursement - Visit|Type of Bill Code:IS>2.7 :CWE!|Revenue Code:IS>2.7 :CWE*|Overall \
        Claim Disposition Code:IS>2.7 :CWE|Oce Edits per Visit Code:IS>2.7 :CWE*|Outlier Cost:CP
        GP2 2.4 Grouping/Reimbursement - Procedure Line Item|Revenue Code:IS>2.7 :CWE|Number of Service Units:NM|\
        Charge:CP|Reimbursement Action Code:IS>2.7 :CWE|Denial or Rejection Code:IS>2.7 :CWE|Oce Edit Code:IS>2.7 \
        :CWE*|Ambulatory Payment Classification Code:CE>2.6 :CWE|Modifier Edit Code:IS>2.7 :CWE*|Payment \
        Adjustment Code:IS>2.7 :CWE|Packaging Status Code:IS>2.7 :CWE|Expected Cms Payment Amount:CP|Reimbursement \
        Type Code:IS>2.7 :CWE|Co Pay Amount:CP|Pay Rate per Service Unit:NM
        GT1 2.1 Guarantor|Set ID GT1:SI!|Guarantor Number:ID>2.2 :CK>2.3 :CX*|Guarantor Name:PN>2.3 :XPN!*|\
        Guarantor Spouse Name:PN>2.3 :XPN*|Guarantor Address:AD>2.3 :XAD*|Guarantor Ph Num Home:TN>2.3 :XTN*|\
        Guarantor Ph Num Business:TN>2.3 :XTN*|Guarantor Date/Time of Birth:DT>2.3 :TS>2.6 :DTM|Guarantor \
        Administrative Sex:ID>2.3 :IS>2.7 :CWE|Guarantor Type:ID>2.3 :IS>2.7 :CWE|Guarantor Relationship:ID>2.3 \
        :IS>2.3.1 :CE>2.6 :CWE|Guarantor SSN:ST|Guarantor Date Begin:DT|Guarantor Date End:DT|Guarantor \
        Priority:NM|Guarantor Employer Name:ST>2.3 :XPN*|Guarantor Employer Address:AD>2.3 :XAD*|Guarantor \
        Employer Phone Number:TN>2.3 :XTN*|Guarantor Employee ID Number:ST>2.3 :CX*|Guarantor Employment \
        Status:ID>2.3 :IS>2.7 :CWE|2.2 Guarantor Organization Name:ST>2.3 :XON*|2.3 Guarantor Billing Hold \
        Flag:ID|2.3 Guarantor Credit Rating Code:CE>2.6 :CWE|2.3 Guarantor Death Date and Time:TS>2.6 :DTM|2.3 \
        Guarantor Death Flag:ID|2.3 Guarantor Charge Adjustment Code:CE>2.6 :CWE|2.3 Guarantor Household Annual \
        Income:CP|2.3 Guarantor Household Size:NM|2.3 Guarantor Employer ID Number:CX*|2.3 Guarantor Marital \
        Status Code:IS>2.3.1 :CE>2.6 :CWE|2.3 Guarantor Hire Effective Date:DT|2.3 Employment Stop Date:DT|2.3 \
        Living Dependency:IS>2.7 :CWE|2.3 Ambulatory Status:IS>2.7 :CWE*|2.3 Citizenship:IS>2.3.1 :CE>2.6 :CWE*|\
        2.3 Primary Language:CE>2.6 :CWE|2.3 Living Arrangement:IS>2.7 :CWE|2.3 Publicity Code:CE>2.6 :CWE|2.3 \
        Protection Indicator:ID|2.3 Student Indicator:IS>2.7 :CWE|2.3 Religion:IS>2.3.1 :CE>2.6 :CWE|2.3 Mother's \
        Maiden Name:XPN*|2.3 Nationality:CE>2.6 :CWE|2.3 Ethnic Group:IS>2.3.1 :CE>2.6 :CWE*|2.3 Contact Person's \
        Name:XPN*|2.3 Contact Person's Telephone Number:XTN*|2.3 Contact Reason:CE>2.6 :CWE|2.3 Contact \
        Relationship:IS>2.7 :CWE|2.3 Job Title:ST|2.3 Job Code Class:JCC|2.3 Guarantor Employer's Organization \
        Name:XON*|2.3 Handicap:IS>2.7 :CWE|2.3 Job Status:IS>2.7 :CWE|2.3 Guarantor Financial Class:FC|2.3 \
        Guarantor Race:IS>2.3.1 :CE>2.6 :CWE*|2.5 Guarantor Birth Place:ST|2.5 VIP Indicator:IS>2.7 :CWE
        IAM 2.4 Patient Adverse Reaction Information|Set ID - IAM:SI!|Allergen Type Code:CE>2.6 :CWE|Allergen \
        Code/Mnemonic/Description:CE>2.6 :CWE!|Allergy Severity Code:CE>2.6 :CWE|Allergy Reaction Code:ST*|Allergy \
        Action Code:CNE!|Allergy Unique Identifier:EI|Action Reason:ST|Sensitivity to Causative Agent Code:CE>2.6 \
        :CWE|Allergen Group Code/Mnemonic/Description:CE>2.6 :CWE|Onset Date:DT|Onset Date Text:ST|Reported \
        Date/Time:TS>2.6 :DTM|Reported By:XPN|Relationship to Patient:CE>2.6 :CWE|Alert Device Code:CE>2.6 :CWE|\
        Allergy Clinical Status:CE>2.6 :CWE|Statused by Person:XCN|Statused by Organization:XON|Statused at \
        Date/Time:TS>2.6 :DTM|2.7 Inactivated by Person:XCN|2.7 Inactivated Date/Time:DTM|2.7 Initially Recorded \
        by Person:XCN|2.7 Initially Recorded Date/Time:DTM|2.7 Modified by Person:XCN|2.7 Modified Date/Time:DTM|\
        2.7 Clinician Identified Code:CWE|2.7 Initially Recorded by Organization:XON|2.7 Modified by \
        Organization:XON|2.7 Inactivated by Organization:XON
        IAR 2.7 Allergy Reaction|Allergy Reaction Code:CWE!|Allergy Severity Code:CWE!|Sensitivity to Causative \
        Agent Code:CWE|Management:ST
        IIM 2.5 Inventory Item Master|Primary Key Value IIM:CWE!|Service Item Code:CWE!|Inventory Lot Number:ST|\
        Inventory Expiration Date:TS>2.6 :DTM|Inventory Manufacturer Name:CWE|Inventory Location:CWE|Inventory \
        Received Date:TS>2.6 :DTM|Inventory Received Quantity:NM|Inventory Received Quantity Unit:CWE|Inventory \
        Received Item Cost:MO|Inventory on Hand Date:TS>2.6 :DTM|Inventory on Hand Quantity:NM|Inventory on Hand \
        Quantity Unit:CWE|Procedure Code:CE>2.6 :CNE|Procedure Code Modifier:CE>2.6 :CNE*
        ILT 2.6 Material Lot|Set ID ILT:SI!|Inventory Lot Number:ST!|Inventory Expiration Date:DTM|Inventory \
        Received Date:DTM|Inventory Received Quantity:NM|Inventory Received Quantity Unit:CWE|Inventory Received \
        Item Cost:MO|Inventory on Hand Date:DTM|Inventory on Hand Quantity:NM|Inventory on Hand Quantity Unit:CWE
        IN1 2.1 Insurance|Set ID - IN1:SI!|Health Plan ID:ID>2.3 :CE>2.6 :CWE!|Insurance Company ID:ST>2.3 :CX!*|\
        Insurance Company Name:ST>2.3 :XON*|Insurance Company Address:AD>2.3 :XAD*|Insurance Co Contact \
        Person:PN>2.3 :XPN*|Insurance Co Phone Number:TN>2.3 :XTN*|Group Number:ST|Group Name:ST>2.3 :XON*|\
        Insured's Group Emp ID:ST>2.3 :CX*|Insured's Group Emp Name:ST>2.3 :XON*|Plan Effective Date:DT|Plan \
        Expiration Date:DT|Authorization Information:ST>2.2 :CM>2.3.1 :AUI|Plan Type:ID>2.3 :IS>2.7 :CWE|Name Of \
        Insured:PN>2.3 :XPN*|Insured's Relationship To Patient:ID>2.3 :IS>2.3.1 :CE>2.6 :CWE|Insured's Date Of \
        Birth:DT>2.3 :TS>2.6 :DTM|Insured's Address:AD>2.3 :XAD*|Assignment Of Benefits:ID>2.3 :IS>2.7 :CWE|\
        Coordination Of Benefits:ID>2.3 :IS>2.7 :CWE|Coord Of Ben. Priority:ST|Notice Of Admission Flag:ID|Notice \
        Of Admission Date:DT|Report Of Eligibility Flag:ID|Report Of Eligibility Date:DT|Release Information \
        Code:ID>2.3 :IS>2.7 :CWE|Pre-Admit Cert (PAC):ST|Verification Date/Time:DT>2.2 :TS>2.6 :DTM|Verification \
        By:CM>2.2 :CN>2.3 :XPN>2.3.1 :XCN*|Type Of Agreement Code:ID>2.3 :IS>2.7 :CWE|Billing Status:ID>2.3 \
        :IS>2.7 :CWE|Lifetime Reserve Days:NM|Delay Before L.R. Day:NM|Company Plan Code:ST>2.2 :ID>2.3 :IS>2.7 \
        :CWE|Policy Number:ST|Policy Deductible:NM>2.3 :CP|Policy Limit - Amount:NM>2.3 :CP>2.6 :-|Policy Limit - \
        Days:NM|Room Rate - Semi-Private:NM>2.3 :CP>2.6 :-|Room Rate - Private:NM>2.3 :CP>2.6 :-|Insured's \
        Employment Status:ID>2.2 :CE>2.6 :CWE|Insured's Administrative Sex:ID>2.3 :IS>2.7 :CWE|Insured's \
        Employer's Address:AD>2.3 :XAD*|2.2 Verification Status:ST|2.2 Prior Insurance Plan ID:ID>2.3 :IS>2.7 \
        :CWE|2.3 Coverage Type:IS>2.7 :CWE|2.3 Handicap:IS>2.7 :CWE|2.3 Insured's ID Number:CX*|2.5 Signature \
        Code:IS>2.7 :CWE|2.5 Signature Code Date:DT|2.5 Insured's Birth Place:ST|2.5 VIP Indicator:IS>2.7 :CWE|2.7 \
        External Health Plan Identifiers:CX*|2.8 Insurance Action Code:ID
        IN2 2.2 Insurance Additional Information|Insured's Employee ID:ST>2.3 :CX*|Insured's Social Security \
        Number:ST|Insured's Employer's Name and ID:CN>2.3 :XCN*|Employer Information Data:ID>2.3 :IS>2.7 :CWE|Mail \
        Claim Party:ID>2.3 :IS>2.7 :CWE*|Medicare Health Ins Card Number:NM>2.3 :ST|Medicaid Case Name:PN>2.3 \
        :XPN*|Medicaid Case Number:NM>2.3 :ST|Military Sponsor Name:PN>2.3 :XPN*|Military ID Number:NM>2.3 :ST|\
        Dependent of Military Recipient:ID>2.3 :CE>2.6 :CWE|Military Organization:ST|Military Station:ST|Military \
        Service:ID>2.3 :IS>2.7 :CWE|Military Rank Grade:ID>2.3 :IS>2.7 :CWE|Military Status:ID>2.3 :IS>2.7 :CWE|\
        Military Retire Date:DT|Military Non Avail Cert on File:ID|Baby Coverage:ID|Combine Baby Bill:ID|Blood \
        Deductible:NM>2.3 :ST|Special Coverage Approval Name:PN>2.3 :XPN*|Special Coverage Approval Title:ST|Non \
        Covered Insurance Code:ID>2.3 :ST>2.3.1 :IS>2.7 :CWE*|Payor ID:ST>2.3 :CX*|Payor Subscriber ID:ST>2.3 \
        :CX*|Eligibility Source:ID>2.3 :IS>2.7 :CWE|Room Coverage Type Amount:CM>2.3.1 :RMC*|Policy Type \
        Amount:CM>2.3.1 :PTA*|Daily Deductible:CM>2.3.1 :DDI|2.3 Living Dependency:IS>2.7 :CWE|2.3 Ambulatory \
        Status:IS>2.7 :CWE*|2.3 Citizenship:IS>2.3.1 :CE>2.6 :CWE*|2.3 Primary Language:CE>2.6 :CWE|2.3 Living \
        Arrangement:IS>2.7 :CWE|2.3 Publicity Code:CE>2.6 :CWE|2.3 Protection Indicator:ID|2.3 Student \
        Indicator:IS>2.7 :CWE|2.3 Religion:IS>2.3.1 :CE>2.6 :CWE|2.3 Mother's Maiden Name:XPN*|2.3 \
        Nationality:CE>2.6 :CWE|2.3 Ethnic Group:IS>2.3.1 :CE>2.6 :CWE*|2.3 Marital Status:IS>2.3.1 :CE>2.6 :CWE*|\
        2.3 Insured's Employment Start Date:DT|2.3 Employment Stop Date:DT|2.3 Job Title:ST|2.3 Job Code \
        Class:JCC|2.3 Job Status:IS>2.7 :CWE|2.3 Employer Contact Person Name:XPN*|2.3 Employer Contact Person \
        Phone Number:XTN*|2.3 Employer Contact Reason:IS>2.7 :CWE|2.3 Insured's Contact Person's Name:XPN*|2.3 \
        Insured's Contact Person Phone Number:XTN*|2.3 Insured's Contact Person Reason:IS>2.7 :CWE*|2.3 \
        Relationship to the Patient Start Date:DT|2.3 Relationship to the Patient Stop Date:DT*|2.3 Insurance Co \
        Contact Reason:IS>2.7 :CWE|2.3 Insurance Co Contact Phone Number:XTN|2.3 Policy Scope:IS>2.7 :CWE|2.3 \
        Policy Source:IS>2.7 :CWE|2.3 Patient Member Number:CX|2.3 Guarantor's Relationship to Insured:IS>2.3.1 \
        :CE>2.6 :CWE|2.3 Insured's Phone Number Home:XTN*|2.3 Insured's Employer Phone Number:XTN*|2.3 Military \
        Handicapped Program:CE>2.6 :CWE|2.3 Suspend Flag:ID|2.3 Copay Limit Flag:ID|2.3 Stoploss Limit Flag:ID|2.3 \
        Insured Organization Name and ID:XON*|2.3 Insured Employer Organization Name and ID:XON*|2.3 Race:IS>2.3.1 \
        :CE>2.6 :CWE*|2.3 Patient's Relationship to Insured:ID>2.3.1 :CE>2.6 :CWE
        IN3 2.2 Insurance Additional Information, Certification|Set ID Insurance Certification:SI>2.3.1 Set ID - \
        IN3:SI!|Certification Number:ST>2.3 :CX|Certified By:CN>2.3 :XCN*|Certification Required:ID|\
        Penalty:CM>2.3.1 :MOP|Certification Date/Time:TS>2.6 :DTM|Certification Modify Date/Time:TS>2.6 :DTM|\
        Operator:CN>2.3 :XCN*|Certification Begin Date:DT|Certification End Date:DT|Days:CM>2.3.1 :DTN|Non-Concur \
        Code/Description:CE>2.6 :CWE|Non-Concur Effective Date/Time:TS>2.6 :DTM|Physician Reviewer:CN>2.3 :XCN*|\
        Certification Contact:ST|Certification Contact Phone Number:TN>2.3 :XTN*|Appeal Reason:CE>2.6 :CWE|\
        Certification Agency:CE>2.6 :CWE|Certification Agency Phone Number:TN>2.3 :XTN*|Pre-Certification \
        Requirement:CM>2.3.1 :PCF>2.5 :ICD*|Case Manager:ST|Second Opinion Date:DT|Second Opinion Status:ID>2.3 \
        :IS>2.7 :CWE|Second Opinion Documentation Received:ID>2.3 :IS>2.7 :CWE*|Second Opinion Physician:CN>2.3 \
        :XCN*|2.8 Certification Type:CWE|2.8 Certification Category:CWE
        INV 2.4 Inventory Detail|Substance Identifier:CE>2.6 :CWE!|Substance Status:CE>2.6 :CWE!*|Substance \
        Type:CE>2.6 :CWE|Inventory Container Identifier:CE>2.6 :CWE|Container Carrier Identifier:CE>2.6 :CWE|\
        Position on Carrier:CE>2.6 :CWE|Initial Quantity:NM|Current Quantity:NM|Available Quantity:NM|Consumption \
        Quantity:NM|Quantity Units:CE>2.6 :CWE|Expiration Date/Time:TS>2.6 :DTM|First Used Date/Time:TS>2.6 :DTM|\
        On Board Stability Duration:TQ>2.7 :-|Test Fluid Identifier S:CE>2.6 :CWE*|Manufacturer Lot Number:ST|\
        Manufacturer Identifier:CE>2.6 :CWE|Supplier Identifier:CE>2.6 :CWE|2.5 On Board Stability Time:CQ|2.5 \
        Target Value:CQ
        IPC 2.5 Imaging Procedure Control|Accession Identifier:EI!|Requested Procedure ID:EI!|Study Instance \
        Uid:EI!|Scheduled Procedure Step ID:EI!|Modality:CE>2.6 :CWE|Protocol Code:CE>2.6 :CWE*|Scheduled Station \
        Name:EI|Scheduled Procedure Step Location:CE>2.6 :CWE*|Scheduled Station Ae Title:ST
        IPR 2.6 Invoice Processing Results|IPR Identifier:EI!|Provider Cross Reference Identifier:EI!|Payer Cross \
        Reference Identifier:EI!|IPR Status:CWE!|IPR Date/Time:DTM!|Adjudicated Paid Amount:CP|Expected Payment \
        Date/Time:DTM|IPR Checksum:ST!
        ISD 2.4 Interaction Status Detail|Reference Interaction Number:NM!|Interaction Type Identifier:CE>2.6 \
        :CWE|Interaction Active State:CE>2.6 :CWE!
        ITM 2.6 Material Item|Item Identifier:EI!|Item Description:ST|Item Status:CWE|Item Type:CWE|Item \
        Category:CWE|Subject to Expiration Indicator:CNE|Manufacturer Identifier:EI|Manufacturer Name:ST|\
        Manufacturer Catalog Number:ST|Manufacturer Labeler Identification Code:CWE|Patient Chargeable \
        Indicator:CNE|Transaction Code:CWE|Transaction Amount Unit:CP|Stocked Item Indicator:CNE|Supply Risk \
        Codes:CWE|Approving Regulatory Agency:XON*|Latex Indicator:CNE|Ruling Act:CWE*|Item Natural Account \
        Code:IS>2.7 :CWE|Approved to Buy Quantity:NM|Approved to Buy Price:MO|Taxable Item Indicator:CNE|Freight \
        Charge Indicator:CNE|Item Set Indicator:CNE|Item Set Identifier:EI|Track Department Usage Indicator:CNE|\
        Procedure Code:CNE|Procedure Code Modifier:CNE*|Special Handling Code:CWE|2.8 Hazardous Indicator:CNE|2.8 \
        Sterile Indicator:CNE|2.8 Material Data Safety Sheet Number:EI|2.8 United Nations Standard Products and \
        Services Code Unspsc:CWE
        IVC 2.6 Invoice|Provider Invoice Number:EI!|Payer Invoice Number:EI|Contract Agreement Number:EI|Invoice \
        Control:IS>2.7 :CWE!|Invoice Reason:IS>2.7 :CWE!|Invoice Type:IS>2.7 :CWE!|Invoice Date/Time:DTM!|Invoice \
        Amount:CP!|Payment Terms:ST|Provider Organization:XON!|Payer Organization:XON!|Attention:XCN|Last Invoice \
        Indicator:ID|Invoice Booking Period:DTM|Origin:ST|Invoice Fixed Amount:CP|Special Costs:CP|Amount for \
        Doctors Treatment:CP|Responsible Physician:XCN|Cost Center:CX|Invoice Prepaid Amount:CP|Total Invoice \
        Amount Without Prepaid Amount:CP|Total Amount of Vat:CP|Vat Rates Applied:NM*|Benefit Group:IS>2.7 :CWE!|\
        Provider Tax ID:ST|Payer Tax ID:ST|Provider Tax Status:IS>2.7 :CWE|Payer Tax Status:IS>2.7 :CWE|Sales Tax \
        ID:ST
        IVT 2.6 Material Location|Set ID IVT:SI!|Inventory Location Identifier:EI!|Inventory Location Name:ST|\
        Source Location Identifier:EI|Source Location Name:ST|Item Status:CWE|Bin Location Identifier:EI*|Order \
        Packaging:CWE|Issue Packaging:CWE|Default Inventory Asset Account:EI|Patient Chargeable Indicator:CNE|\
        Transaction Code:CWE|Transaction Amount Unit:CP|Item Importance Code:CWE|Stocked Item Indicator:CNE|\
        Consignment Item Indicator:CNE|Reusable Item Indicator:CNE|Reusable Cost:CP|Substitute Item \
        Identifier:EI*|Latex Free Substitute Item Identifier:EI|Recommended Reorder Theory:CWE|Recommended Safety \
        Stock Days:NM|Recommended Maximum Days Inventory:NM|Recommended Order Point:NM|Recommended Order \
        Amount:NM|Operating Room Par Level Indicator:CNE
        LAN 2.4 Language Detail|Set ID LAN:SI!|Language Code:CE>2.6 :CWE!|Language Ability Code:CE>2.6 :CWE*|\
        Language Proficiency Code:CE>2.6 :CWE
        LCC 2.3 Location Charge Code|Primary Key Value LCC:PL!|Location Department:IS>2.4 :CE>2.6 :CWE!|\
        Accommodation Type:CE>2.6 :CWE*|Charge Code:CE>2.6 :CWE!*
        LCH 2.3 Location Characteristic|Primary Key Value LCH:PL!|Segment Action Code:ID|Segment Unique Key:EI|\
        Location Characteristic ID:CE>2.6 :CWE!|Location Characteristic Value LCH:CE>2.6 :CWE!
        LDP 2.3 Location Department|Primary Key Value LDP:PL!|Location Department:IS>2.4 :CE>2.6 :CWE!|Location \
        Service:IS>2.7 :CWE*|Specialty Type:CE>2.6 :CWE*|Valid Patient Classes:ID>2.3.1 :IS>2.7 :CWE*|Active \
        Inactive Flag:ID|Activation Date LDP:TS>2.6 :DTM|Inactivation Date LDP:TS>2.6 :DTM|Inactivated Reason:ST|\
        Visiting Hours:VH*|Contact Phone:XTN|2.4 Location Cost Center:CE>2.6 :CWE
        LOC 2.3 Location Identification|Primary Key Value LOC:PL!|Location Description:ST|Location Type LOC:IS>2.7 \
        :CWE!*|Organization Name LOC:XON*|Location Address:XAD*|Location Phone:XTN*|License Number:CE>2.6 :CWE*|\
        Location Equipment:ID>2.3.1 :IS>2.7 :CWE*|2.4 Location Service Code:IS>2.7 :CWE
        LRL 2.3 Location Relationship|Primary Key Value LRL:PL!|Segment Action Code:ID|Segment Unique Key:EI|\
        Location Relationship ID:CE>2.6 :CWE!|Organizational Location Relationship Value:XON*|Patient Location \
        Relationship Value:PL
        MCP 2.8.2 Master File Coverage Policy|Set ID MCP:SI!|Producer's Service Test Observation ID:CWE!|Universal \
        Service Price Range Low Value:MO|Universal Service Price Range High Value:MO|Reason for Universal Service \
        Cost Range:ST
        MFA 2.2 Master File Acknowledgment|Record Level Event Code:ID!|Mfn Control ID:ST|Event Completion \
        Date/Time:TS>2.6 :DTM|Error Return Code and or Text:CE>2.3.1 Mfn Record Level Error Return:CE>2.6 :CWE!|\
        Primary Key Value MFA:CE>2.5 :varies!*|2.3.1 Primary Key Value Type MFA:ID!*
        MFE 2.2 Master File Entry|Record Level Event Code:ID!|Mfn Control ID:ST|Effective Date/Time:TS>2.6 :DTM|\
        Primary Key Value MFE:CE>2.3.1 :varies!*|2.3.1 Primary Key Value Type:ID!*|2.6 Entered Date/Time:DTM|2.6 \
        Entered by:XCN
        MFI 2.2 Master File Identification|Master File Identifier:CE>2.6 :CWE!|Master File Application \
        Identifier:ID>2.3 :HD|File Level Event Code:ID!|Entered Date/Time:TS>2.6 :DTM|Effective Date/Time:TS>2.6 \
        :DTM|Response Level Code:ID!
        MRG 2.1 Merge Patient Information|Prior Patient Identifier List:CK>2.2 :CM>2.3 :CX!*|Prior Alternate \
        Patient ID:CK>2.2 :CM>2.3 :CX>2.7 :-*|Prior Patient Account Number:CK>2.2 :CK>2.3 :CX|2.2 Prior Patient \
        ID:CM>2.3 :CX>2.7 :-|2.3 Prior Visit Number:CX|2.3 Prior Alternate Visit ID:CX|2.3 Prior Patient \
        Name:CX>2.3.1 :XPN*
        MSA 2.1 Message Acknowledgment|Acknowledgment Code:ID!|Message Control ID:ST!|Text Message:ST>2.7 :-|\
        Expected Sequence Number:NM|Delayed Acknowledgment Type:ID>2.5.1 :ST>2.6 :-|2.2 Error Condition:CE>2.6 \
        :CNE>2.7 :-|2.6 Message Waiting Number:NM|2.6 Message Waiting Priority:ID
        MSH 2.1 Message Header|Field Separator:ST!|Encoding Characters:ST!|Sending Application:ST>2.3 :HD|Sending \
        Facility:ST>2.3 :HD|Receiving Application:ST>2.3 :HD|Receiving Facility:ST>2.3 :HD|Date/Time of \
        Message:TS>2.6 :DTM!|Security:ST|Message Type:CM>2.3.1 :MSG!|Message Control ID:ST!|Processing ID:ID>2.3 \
        :PT!|Version ID:NM>2.2 :ID>2.3.1 :VID!|Sequence Number:NM|Continuation Pointer:ST|2.2 Accept \
        Acknowledgment Type:ID|2.2 Application Acknowledgment Type:ID|2.2 Country Code:ID|2.3 Character Set:ID*|\
        2.3 Principal Language Of Message:CE>2.6 :CWE|2.3.1 Alternate Character Set Handling Scheme:ID|2.4 \
        Conformance Statement ID:ID>2.5 Message Profile Identifier:EI*|2.6 Sending Responsible Organization:XON|\
        2.6 Receiving Responsible Organization:XON|2.6 Sending Network Address:HD|2.6 Receiving Network Address:HD
        NCK 2.1 System Clock|System Date/Time:TS>2.6 :DTM!
        NDS 2.4 Notification Detail|Notification Reference Number:NM!|Notification Date/Time:TS>2.6 :DTM!|\
        Notification Alert Severity:CE>2.6 :CWE!|Notification Code:CE>2.6 :CWE!
        NK1 2.1 Next of Kin / Associated Parties|Set ID - NK1:SI!|Name:PN>2.3 :XPN*|Relationship:ST>2.2 :CE>2.6 \
        :CWE|Address:AD>2.3 :XAD*|Phone Number:TN>2.3 :XTN*|2.2 Business Phone Number:TN>2.3 :XTN*|2.2 Contact \
        Role:CE>2.6 :CWE|2.2 Start Date:DT|2.2 End Date:DT|2.2 Next of Kin / Associated Parties Job Title:ST|2.2 \
        Next of Kin / Associated Parties Job Code/Class:CM>2.3 :JCC|2.2 Next of Kin / Associated Parties Employee \
        Number:ST>2.3 :CX|2.2 Organization Name - NK1:ST>2.3 :XON*|2.3 Marital Status:IS>2.3.1 :CE>2.6 :CWE|2.3 \
        Administrative Sex:IS>2.7 :CWE|2.3 Date/Time of Birth:TS>2.6 :DTM|2.3 Living Dependency:IS>2.7 :CWE*|2.3 \
        Ambulatory Status:IS>2.7 :CWE*|2.3 Citizenship:IS>2.3.1 :CE>2.6 :CWE*|2.3 Primary Language:CE>2.6 :CWE|2.3 \
        Living Arrangement:IS>2.7 :CWE|2.3 Publicity Code:CE>2.6 :CWE|2.3 Protection Indicator:ID|2.3 Student \
        Indicator:IS>2.7 :CWE|2.3 Religion:IS>2.3.1 :CE>2.6 :CWE|2.3 Mother's Maiden Name:XPN*|2.3 \
        Nationality:CE>2.6 :CWE|2.3 Ethnic Group:IS>2.3.1 :CE>2.6 :CWE*|2.3 Contact Reason:CE>2.6 :CWE*|2.3 \
        Contact Person's Name:XPN*|2.3 Contact Person's Telephone Number:XTN*|2.3 Contact Person's Address:XAD*|\
        2.3 Next of Kin/Associated Party's Identifiers:CX*|2.3 Job Status:IS>2.7 :CWE|2.3 Race:IS>2.3.1 :CE>2.6 \
        :CWE*|2.3 Handicap:IS>2.7 :CWE|2.3 Contact Person Social Security Number:ST|2.5 Next of Kin Birth \
        Place:ST|2.5 VIP Indicator:IS>2.7 :CWE|2.7 Next of Kin Telecommunication Information:XTN|2.7 Contact \
        Person's Telecommunication Information:XTN
        NPU 2.1 Bed Status Update|Bed Location:ID>2.2 :CM>2.3 :PL!|Bed Status:ID>2.3 :IS>2.7 :CWE
        NSC 2.1 Application Status Change|Application Change Type:ID>2.3.1 :IS>2.7 :CWE!|Current Cpu:ST|Current \
        Fileserver:ST|Current Application:ST>2.4 :HD|Current Facility:ST>2.4 :HD|New Cpu:ST|New Fileserver:ST|New \
        Application:ST>2.4 :HD|New Facility:ST>2.4 :HD
        NST 2.1 Application Control Level Statistics|Statistics Available:ID!|Source Identifier:ST|Source Type:ID|\
        Statistics Start:TS>2.6 :DTM|Statistics End:TS>2.6 :DTM|Receive Character Count:NM|Send Character \
        Count:NM|Messages Received:NM|Messages Sent:NM|Checksum Errors Received:NM|Length Errors Received:NM|Other \
        Errors Received:NM|Connect Timeouts:NM|Receive Timeouts:NM|Network Errors:NM>2.4 Application Control Level \
        Errors:NM
        NTE 2.1 Notes and Comments|Set ID:SI|Source of Comment:ID|Comment:TX>2.2 :FT*|2.3.1 Comment Type:CE>2.6 \
        :CWE|2.6 Entered By:XCN|2.6 Entered Date/Time:DTM|2.6 Effective Start Date:DTM|2.6 Expiration Date:DTM
        OBR 2.1 Observation Request|Set ID - OBR:SI|Placer Order Number:CM>2.3 :EI|Filler Order Number:CM>2.3 :EI|\
        Universal Service Identifier:CE>2.6 :CWE!|Priority:ST>2.2 :ID>2.7 :-|Requested Date/Time:TS>2.6 :DTM>2.7 \
        :-|Observation Date/Time:TS>2.6 :DTM|Observation End Date/Time:TS>2.6 :DTM|Collection Volume:CQ|Collector \
        Identifier:CN>2.3 :XCN*|Specimen Action Code:ST>2.2 :ID|Danger Code:CM>2.2 :CE>2.6 :CWE|Relevant Clinical \
        Information:ST>2.7 :CWE|Specimen Received Date/Time:TS>2.6 :DTM>2.7 :-|Specimen Source:CM>2.3.1 :SPS>2.7 \
        :-|Ordering Provider:CN>2.3 :XCN*|Order Callback Phone Number:TN>2.3 :XTN*|Placer Field 1:ST|Placer Field \
        2:ST|Filler Field 1:ST|Filler Field 2:ST|Results Rpt/Status Chng - Date/Time:TS>2.6 :DTM|Charge to \
        Practice:CM>2.3.1 :MOC|Diagnostic Serv Sect ID:ID|Result Status:ID|Parent Result:CM>2.3.1 :PRL|\
        Quantity/Timing:CM>2.2 :TQ>2.7 :-*|Result Copies To:CN>2.3 :XCN*|Parent Number:CM>2.3.1 :EIP>2.7 Parent \
        Results Observation Identifier:EIP|Transportation Mode:ID|Reason for Study:CE>2.6 :CWE*|Principal Result \
        Interpreter:CN>2.2 :CM>2.3.1 :NDL|Assistant Result Interpreter:CN>2.2 :CM>2.3.1 :NDL*|Technician:CN>2.2 \
        :CM>2.3.1 :NDL*|Transcriptionist:CN>2.2 :CM>2.3.1 :NDL*|Scheduled Date/Time:TS>2.6 :DTM|2.3 Number of \
        Sample Containers:NM|2.3 Transport Logistics of Collected Sample:CE>2.6 :CWE*|2.3 Collector's \
        Comment:CE>2.6 :CWE*|2.3 Transport Arrangement Responsibility:CE>2.6 :CWE|2.3 Transport Arranged:ID|2.3 \
        Escort Required:ID|2.3 Planned Patient Transport Comment:CE>2.6 :CWE*|2.3.1 Procedure Code:CE>2.6 :CNE|\
        2.3.1 Procedure Code Modifier:CE>2.6 :CNE*|2.4 Placer Supplemental Service Information:CE>2.6 :CWE*|2.4 \
        Filler Supplemental Service Information:CE>2.6 :CWE*|2.5 Medically Necessary Duplicate Procedure \
        Reason:CWE|2.5 Result Handling:IS>2.7 :CWE|2.5.1 Parent Universal Service Identifier:CWE|2.7 Observation \
        Group ID:EI|2.7 Parent Observation Group ID:EI|2.7 Alternate Placer Order Number:CX*|2.7 Parent Order:EIP
        OBX 2.1 Observation/Result|Set ID - OBX:SI|Value Type:ID|Observation Identifier:CE>2.6 :CWE!|Observation \
        Sub-ID:NM>2.2 :ST>2.8.2 :OG|Observation Value:varies*|Units:ID>2.2 :CE>2.6 :CWE|Reference Range:ST|\
        Abnormal Flags:ST>2.2 :ID>2.4 :IS>2.7 Interpretation Codes:CWE*|Probability:NM|Nature of Abnormal \
        Test:ID*|Observation Result Status:ID!|Effective Date of Reference Range:TS>2.6 :DTM|2.2 User Defined \
        Access Checks:ST|2.2 Date/Time of the Observation:TS>2.6 :DTM|2.2 Producer's ID:CE>2.6 :CWE|2.2 \
        Responsible Observer:CN>2.3 :XCN*|2.3 Observation Method:CE>2.6 :CWE*|2.4 Equipment Instance \
        Identifier:EI*|2.4 Date/Time of the Analysis:TS>2.6 :DTM|2.6 Observation Site:CWE*|2.6 Observation \
        Instance Identifier:EI|2.6 Mood Code:CNE|2.5.1 Performing Organization Name:XON*|2.5.1 Performing \
        Organization Address:XAD*|2.5.1 Performing Organization Medical Director:XCN*|2.7 Patient Results Release \
        Category:ID*|2.8 Root Cause:CWE|2.8 Local Process Control:CWE*|2.8.2 Observation Type:ID*|2.8.2 \
        Observation Sub-Type:ID*
        ODS 2.2 Dietary Orders, Supplements and Preferences|Type:ID!|Service Period:CE>2.6 :CWE*|Diet Supplement \
        or Preference Code:CE>2.6 :CWE!*|Text Instruction:ST*
        ODT 2.2 Diet Tray Instructions|Tray Type:CE>2.6 :CWE!|Service Period:CE>2.6 :CWE*|Text Instruction:ST
        OM1 2.2 General Observation Master|Segment Type ID:ST>2.3 Sequence Number Test Observation Master \
        File:NM!|Producer's Service Test Observation ID:NM>2.3 :CE>2.6 :CWE!|Producer's Test Observation ID:CE>2.3 \
        Permitted Data Types:ID*|Permitted Data Types:ID>2.3 Specimen Required:ID!|Specimen Required:ID>2.3 \
        Producer ID:CE>2.6 :CWE!|Producer ID:CE>2.3 Observation Description:CE>2.3.1 :TX|Other Service Test \
        Observation Ids for the Observation:TX>2.3 :CE>2.6 :CWE|Other Test Observation Ids for the \
        Observation:CE>2.3 Other Names:ST!*|Other Names:ST>2.3 Preferred Report Name for the Observation:ST|\
        Preferred Short Name or Mnemonic for the Observation:ST|Preferred Long Name for the Observation:ST|\
        Preferred Long Name for the Observation:ST>2.3 Orderability:ID|Orderability:ID>2.3 Identity of Instrument \
        Used to Perform This Study:CE>2.6 :CWE*|Identity of Instrument Used to Perform This Study:CE>2.3 Coded \
        Representation of Method:CE>2.6 :CWE*|Coded Representation of Method:CE>2.3 Portable Device Indicator:ID|\
        Portable:ID>2.3 Observation Producing Department Section:CE>2.6 :CWE*|Observation Producing Department \
        Section:ID>2.3 Telephone Number of Section:TN>2.3.1 :XTN|Telephone Number of Section:TN>2.3 Nature of \
        Service Test Observation:ID>2.3.1 :IS>2.7 :CWE!|Nature of Test Observation:ID>2.3 Report Subheader:CE>2.6 \
        :CWE|Report Display Order:CE>2.3 :ST|Report Display Order:ST>2.3 Date/Time Stamp for Any Change in \
        Definition for the Observation:TS>2.6 :DTM|Date/Time Stamp for Any Change in Definition for Obs:TS>2.3 \
        Effective Date/Time of Change:TS>2.6 :DTM|Effective Date/Time of Change:TS>2.3 Typical Turn Around \
        Time:NM|Processing Time:NM|Processing Priority:NM>2.3 :ID*|Reporting Priority:ID|Reporting Priority:ID>2.3 \
        Outside Site's Where Observation May Be Performed:CE>2.6 :CWE*|Outside Site's Where Observation May Be \
        Performed:CE>2.3 Address of Outside Site S:AD>2.3.1 :XAD*|Phone Number of Outside Site:AD>2.3 :TN>2.3.1 \
        :XTN|Phone Number of Outside Site:TN>2.3 Confidentiality Code:ID>2.3.1 :IS>2.5 :CWE|Confidentiality \
        Code:ID>2.3 Observations Required to Interpret This Observation:CE>2.6 :CWE|Observations Required to \
        Interpret the Observation:CE>2.3 Interpretation of Observations:TX|Contraindications to \
        Observations:TX>2.3 :CE>2.6 :CWE|Reflex Tests Observations:CE>2.6 :CWE*|Rules That Trigger Reflex \
        Testing:CE>2.3 :ST>2.3.1 :TX|Rules That Trigger Reflex Testing:ST>2.3 Fixed Canned Message:CE>2.6 :CWE|\
        Fixed Canned Message:CE>2.3 Patient Preparation:TX|Procedure Medication:TX>2.3 :CE>2.6 :CWE|Procedure \
        Medication:CE>2.3 Factors That May Affect the Observation:TX|Factors That May Affect the \
        Observation:TX>2.3 Service Test Observation Performance Schedule:ST*|Test Observation Performance \
        Schedule:ST>2.3 Description of Test Methods:TX|Description of Test Methods:TX>2.3 Kind of Quantity \
        Observed:CE>2.6 :CWE|2.3 Point Versus Interval:CE>2.6 :CWE|2.3 Challenge Information:TX|2.3 Relationship \
        Modifier:CE>2.6 :CWE|2.3 Target Anatomic Site of Test:CE>2.6 :CWE|2.3 Modality of Imaging \
        Measurement:CE>2.6 :CWE|2.8 Exclusive Test:ID|2.8 Diagnostic Serv Sect ID:ID|2.8 Taxonomic Classification \
        Code:CWE|2.8 Other Names:ST*|2.8.2 Replacement Producer's Service Test Observation ID:CWE*|2.8.2 Prior \
        Resuts Instructions:TX*|2.8.2 Special Instructions:TX|2.8.2 Test Category:CWE*|2.8.2 Observation \
        Identifier Associated with Producer's Service Test Observation ID:CWE|2.8.2 Typical Turn Around Time:CQ|\
        2.8.2 Gender Restriction:CWE*|2.8.2 Age Restriction:NR*
        OM2 2.2 Numeric Observation|Segment Type ID:ST>2.3 Sequence Number Test Observation Master File:NM|\
        Sequence Number Test Observation Master File:NM>2.3 Units of Measure:CE>2.6 :CWE|Units of Measure:CE>2.3 \
        Range of Decimal Precision:NM*|Range of Decimal Precision:NM>2.3 Corresponding Si Units of Measure:CE>2.6 \
        :CWE|Corresponding Si Units of Measure:CE>2.3 Si Conversion Factor:TX|Si Conversion Factor:TX>2.3 \
        Reference Normal Range for Ordinal and Continuous Observations:CM>2.3.1 :RFR*|Critical Range for Ordinal \
        and Continuous Observations:CM>2.3.1 :NR>2.5 :RFR*|Absolute Range for Ordinal and Continuous \
        Observations:CM>2.3.1 :RFR|Absolute Range for Ordinal and Continuous Observations:CM>2.3 Delta Check \
        Criteria:CM>2.3.1 :DLT*|Delta Check Criteria:CM>2.3 Minimum Meaningful Increments:NM|Minimum Meaningful \
        Increments:NM
        OM3 2.2 Categorical Service/Test/Observation|Segment Type ID:ST>2.3 Sequence Number Test Observation \
        Master File:NM|Sequence Number Test Observation Master File:NM>2.3 Preferred Coding System:CE>2.6 :CWE|\
        Preferred Coding System:ID>2.3 Valid Coded Answers:CE>2.6 :CWE|Valid Coded Answers:CE>2.3 Normal Text \
        Codes for Categorical Observations:CE>2.6 :CWE*|Abnormal Text Codes for Categorical Observations:CE>2.6 \
        :CWE*|Critical Text Codes for Categorical Observations:CE>2.6 :CWE*|Critical Test Codes for Categorical \
        Observations:CE>2.3 Value Type:ID|Data Type:ID
        OM4 2.2 Observations that Require Specimens|Segment Type ID:ST>2.3 Sequence Number Test Observation Master \
        File:NM|Sequence Number Test Observation Master File:NM>2.3 Derived Specimen:ID|Derived Specimen:ID>2.3 \
        Container Description:TX|Container Volume:TX>2.3 :NM|Container Units:NM>2.3 :CE>2.6 :CWE|Container \
        Units:CE>2.3 Specimen:CE>2.6 :CWE|Specimen:CE>2.3 Additive:CE>2.5 :CWE|Additive:CE>2.3 Preparation:TX|\
        Preparation:TX>2.3 Special Handling Requirements:TX|Special Handling Requirements:TX>2.3 Normal Collection \
        Volume:CQ|Minimum Collection Volume:CQ|Minimum Collection Volume:CQ>2.3 Specimen Requirements:TX|Specimen \
        Priorities:TX>2.3 :ID*|Specimen Retention Time:ID>2.3 :CQ|Specimen Retention Time:CQ>2.8 Specimen Handling \
        Code:CWE*|2.8 Specimen Preference:ID|2.8 Preferred Specimen Attribture Sequence ID:NM|2.8 Taxonomic \
        Classification Code:CWE*
        OM5 2.2 Observation Batteries|Segment Type ID:ST>2.3 Sequence Number Test Observation Master File:NM|\
        Sequence Number Test Observation Master File:NM>2.3 Test Observations Included Within An Ordered Test \
        Battery:CE>2.6 :CWE*|Tests Observations Included Within An Ordered Test Battery:CE>2.3 Observation ID \
        Suffixes:ST|Observation ID Suffixes:ST
        OM6 2.2 Observations Calculated from Other Observations|Segment Type ID:ST>2.3 Sequence Number Test \
        Observation Master File:NM|Sequence Number Test Observation Master File:NM>2.3 Derivation Rule:TX|\
        Derivation Rule:TX
        OM7 2.4 Additional Basic Attributes|Sequence Number Test Observation Master File:NM!|Universal Service \
        Identifier:CE>2.6 :CWE!|Category Identifier:CE>2.6 :CWE*|Category Description:TX|Category Synonym:ST*|\
        Effective Test Service Start Date/Time:TS>2.6 :DTM|Effective Test Service End Date/Time:TS>2.6 :DTM|Test \
        Service Default Duration Quantity:NM|Test Service Default Duration Units:CE>2.6 :CWE|Test Service Default \
        Frequency:IS>2.7 :CWE|Consent Indicator:ID|Consent Identifier:CE>2.6 :CWE|Consent Effective Start \
        Date/Time:TS>2.6 :DTM|Consent Effective End Date/Time:TS>2.6 :DTM|Consent Interval Quantity:NM|Consent \
        Interval Units:CE>2.6 :CWE|Consent Waiting Period Quantity:NM|Consent Waiting Period Units:CE>2.6 :CWE|\
        Effective Date/Time of Change:TS>2.6 :DTM|Entered by:XCN|Orderable at Location:PL*|Formulary Status:IS>2.7 \
        :CWE|Special Order Indicator:ID|Primary Key Value CDM:CE>2.6 :CWE*
        OMC 2.8.2 Supporting Clinical Information|Sequence Number Test Observation Master File:NM|Segment Action \
        Code:ID|Segment Unique Key:EI|Clinical Information Request:CWE!|Collection Event Process Step:CWE!*|\
        Communication Location:CWE!|Answer Required:ID|Hint Help Text:ST|Type of Answer:varies|Multiple Answers \
        Allowed:ID|Answer Choices:CWE*|Character Limit:NM|Number of Decimals:NM
        ORC 2.1 Common Order|Order Control:ST>2.2 :ID!|Placer Order Number:CM>2.3 :EI|Filler Order Number:CM>2.3 \
        :EI|Placer Group Number:CM>2.3 :EI>2.8 :EIP|Order Status:ST>2.2 :ID|Response Flag:ST>2.2 :ID|\
        Quantity/Timing:CM>2.2 :TQ>2.7 :-*|Parent Order:CM>2.3.1 :EIP|Date/Time of Order Event:TS>2.6 :DTM|Entered \
        By:CN>2.3 :XCN*|Verified By:CN>2.3 :XCN*|Ordering Provider:CN>2.3 :XCN*|Enterer's Location:CM>2.3 :PL|Call \
        Back Phone Number:TN>2.3.1 :XTN*|2.2 Order Effective Date/Time:TS>2.6 :DTM|2.2 Order Control Code \
        Reason:CE>2.6 :CWE|2.2 Entering Organization:CE>2.6 :CWE|2.2 Entering Device:CE>2.6 :CWE|2.2 Action \
        By:CN>2.3 :XCN*|2.3.1 Advanced Beneficiary Notice Code:CE>2.6 :CWE|2.3.1 Ordering Facility Name:XON*|2.3.1 \
        Ordering Facility Address:XAD*|2.3.1 Ordering Facility Phone Number:XTN*|2.3.1 Ordering Provider \
        Address:XAD*|2.4 Order Status Modifier:CWE|2.5 Advanced Beneficiary Notice Override Reason:CWE|2.5 \
        Filler's Expected Availability Date/Time:TS>2.6 :DTM|2.5 Confidentiality Code:CWE|2.5 Order Type:CWE|2.5 \
        Enterer Authorization Mode:CNE|2.5.1 Parent Universal Service Identifier:CWE|2.7 Advanced Beneficiary \
        Notice Date:DT|2.7 Alternate Placer Order Number:CX*|2.8 Order Workflow Profile:CWE*
        ORG 2.4 Practitioner Organization Unit|Set ID ORG:SI!|Organization Unit Code:CE>2.6 :CWE|Organization Unit \
        Type Code:CE>2.6 :CWE|Primary ORG Unit Indicator:ID|Practitioner ORG Unit Identifier:CX|Health Care \
        Provider Type Code:CE>2.6 :CWE|Health Care Provider Classification Code:CE>2.6 :CWE|Health Care Provider \
        Area of Specialization Code:CE>2.6 :CWE|Effective Date Range:DR|Employment Status Code:CE>2.6 :CWE|Board \
        Approval Indicator:ID|Primary Care Physician Indicator:ID|2.7 Cost Center Code:CWE*
        OVR 2.5 Override|Business Rule Override Type:CWE|Business Rule Override Code:CWE|Override Comments:TX|\
        Override Entered by:XCN|Override Authorized by:XCN
        """
}
