// Schemas 00f2e68c33ce4a68abaefba40d54dcd95d31f47544d6d8e1ada6a9e38b1ed7f3; written by `npm run types`.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Lead: {
            /** @description Made by the server. */
            id: string;
            /** @description First name of the person. */
            firstName: string | null;
            /** @description Last name of the person. */
            lastName: string | null;
            /** @description E-mail address. */
            email: string;
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone: string | null;
            /** @description Company that the person works for. */
            company: string | null;
            /** @description Where the lead stands; `converted` is set by a convert alone. */
            status: components["schemas"]["LeadStatus"];
            /**
             * @description Where it came from: one of the examples, or a word of your own.
             * @example website_form
             * @example cold_outreach
             * @example referral
             * @example social_media
             * @example event
             * @example inbound_call
             * @example partner
             * @example advertisement
             * @example other
             */
            source: string | null;
            /** @description Id of the user who owns it. */
            assignedTo: string | null;
            /** @description Name of the user who owns it. */
            assignedToName: string | null;
            /** @description How promising the lead is. */
            leadScore: number | null;
            /** @description True if they want no e-mail. */
            emailOptOut: boolean;
            /** @description True if an e-mail came back. */
            emailBounced: boolean;
            /**
             * Format: date-time
             * @description When it was converted.
             */
            convertedAt: string | null;
            /** @description Id of the contact that it became. */
            convertedContactId: string | null;
            /** @description Text of several lines. */
            notes: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
        };
        LeadItem: {
            /** @description Made by the server. */
            id: string;
            /** @description First name of the person. */
            firstName: string | null;
            /** @description Last name of the person. */
            lastName: string | null;
            /** @description E-mail address. */
            email: string;
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone: string | null;
            /** @description Company that the person works for. */
            company: string | null;
            /** @description Where the lead stands; `converted` is set by a convert alone. */
            status: components["schemas"]["LeadStatus"];
            /**
             * @description Where it came from: one of the examples, or a word of your own.
             * @example website_form
             * @example cold_outreach
             * @example referral
             * @example social_media
             * @example event
             * @example inbound_call
             * @example partner
             * @example advertisement
             * @example other
             */
            source: string | null;
            /** @description Id of the user who owns it. */
            assignedTo: string | null;
            /** @description How promising the lead is. */
            leadScore: number | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
            /** @description The record's version, with `include=version`. */
            version?: number;
        };
        LeadList: {
            /** @description How many there are on all pages. */
            count: number;
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
            /** @description The page before: absolute, to be followed as it stands. */
            previous: string | null;
            /** @description What is on this page. */
            results: components["schemas"]["LeadItem"][];
            /** @description Results before this page, with `around`. */
            offset?: number;
        };
        LeadFacets: {
            /** @description How many leads were counted. */
            count: number;
            /** @description Their numbers by value, for each field. */
            facets: {
                /** @description By status, the most frequent first. */
                status: {
                    /** @description The value; null where there is none. */
                    value: components["schemas"]["LeadStatus"];
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By source, the most frequent first. */
                source: {
                    /**
                     * @description The value; null where there is none.
                     * @example website_form
                     * @example cold_outreach
                     * @example referral
                     * @example social_media
                     * @example event
                     * @example inbound_call
                     * @example partner
                     * @example advertisement
                     * @example other
                     */
                    value: string | null;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By assignedTo, the most frequent first. */
                assignedTo: {
                    /** @description The value; null where there is none. */
                    value: string | null;
                    /** @description How many have it. */
                    count: number;
                    /** @description Name of the user. */
                    name: string | null;
                }[];
                /** @description By leadScore, the most frequent first. */
                leadScore: {
                    /** @description The value; null where there is none. */
                    value: number | null;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By emailOptOut, the most frequent first. */
                emailOptOut: {
                    /** @description The value; null where there is none. */
                    value: boolean;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By emailBounced, the most frequent first. */
                emailBounced: {
                    /** @description The value; null where there is none. */
                    value: boolean;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By month of creation, the most frequent first. */
                createdMonth: {
                    /** @description The value; null where there is none. */
                    value: string;
                    /** @description How many have it. */
                    count: number;
                }[];
            };
        };
        /** @description firstName or lastName is required; one of them must not be blank. */
        LeadCreate: {
            /** @description First name of the person. */
            firstName?: string | null;
            /** @description Last name of the person. */
            lastName?: string | null;
            /**
             * Format: idn-email
             * @description E-mail address.
             */
            email: string;
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone?: string | null;
            /** @description Company that the person works for. */
            company?: string | null;
            /** @description Where the lead stands; `converted` is set by a convert alone. `"new"` by default. */
            status?: components["schemas"]["LeadStatusInput"];
            /**
             * @description Where it came from: one of the examples, or a word of your own.
             * @example website_form
             * @example cold_outreach
             * @example referral
             * @example social_media
             * @example event
             * @example inbound_call
             * @example partner
             * @example advertisement
             * @example other
             */
            source?: string | null;
            /**
             * Format: user-id
             * @description Id of the user who owns it.
             */
            assignedTo?: string | null;
            /** @description How promising the lead is. */
            leadScore?: number | null;
            /** @description True if they want no e-mail. `false` by default. */
            emailOptOut?: boolean;
            /** @description True if an e-mail came back. `false` by default. */
            emailBounced?: boolean;
            /** @description Text of several lines. */
            notes?: string | null;
        };
        LeadUpdate: {
            /** @description First name of the person. */
            firstName?: string | null;
            /** @description Last name of the person. */
            lastName?: string | null;
            /**
             * Format: idn-email
             * @description E-mail address.
             */
            email?: string;
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone?: string | null;
            /** @description Company that the person works for. */
            company?: string | null;
            /** @description Where the lead stands; `converted` is set by a convert alone. */
            status?: components["schemas"]["LeadStatusInput"];
            /**
             * @description Where it came from: one of the examples, or a word of your own.
             * @example website_form
             * @example cold_outreach
             * @example referral
             * @example social_media
             * @example event
             * @example inbound_call
             * @example partner
             * @example advertisement
             * @example other
             */
            source?: string | null;
            /**
             * Format: user-id
             * @description Id of the user who owns it.
             */
            assignedTo?: string | null;
            /** @description How promising the lead is. */
            leadScore?: number | null;
            /** @description True if they want no e-mail. */
            emailOptOut?: boolean;
            /** @description True if an e-mail came back. */
            emailBounced?: boolean;
            /** @description Text of several lines. */
            notes?: string | null;
        };
        /**
         * @description Where the lead stands; `converted` is set by a convert alone.
         * @enum {string}
         */
        LeadStatus: "new" | "contacted" | "qualified" | "nurturing" | "unqualified" | "converted" | "lost";
        /**
         * @description Where the lead stands; `converted` is set by a convert alone.
         * @enum {string}
         */
        LeadStatusInput: "new" | "contacted" | "qualified" | "nurturing" | "unqualified" | "lost";
        Contact: {
            /** @description Made by the server. */
            id: string;
            /** @description First name of the person. */
            firstName: string | null;
            /** @description Last name of the person. */
            lastName: string | null;
            /** @description E-mail address. */
            email: string;
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone: string | null;
            /** @description What the person is at their company. */
            title: string | null;
            /** @description Where it stands. */
            stage: components["schemas"]["ContactStage"];
            /** @description Id of its account. */
            accountId: string | null;
            /** @description Name of its account. */
            accountName: string | null;
            /** @description Id of the user who owns it. */
            assignedTo: string | null;
            /** @description Name of the user who owns it. */
            assignedToName: string | null;
            /** @description Different short texts; never null. */
            tags: string[];
            /**
             * @description Where it came from: one of the examples, or a word of your own.
             * @example website_form
             * @example cold_outreach
             * @example referral
             * @example social_media
             * @example event
             * @example inbound_call
             * @example partner
             * @example advertisement
             * @example other
             */
            source: string | null;
            /** @description True if they want no e-mail. */
            emailOptOut: boolean;
            /** @description True if an e-mail came back. */
            emailBounced: boolean;
            /** @description Id of the lead that it was converted from. */
            leadId: string | null;
            /** @description Text of several lines. */
            notes: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
        };
        ContactItem: {
            /** @description Made by the server. */
            id: string;
            /** @description First name of the person. */
            firstName: string | null;
            /** @description Last name of the person. */
            lastName: string | null;
            /** @description E-mail address. */
            email: string;
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone: string | null;
            /** @description What the person is at their company. */
            title: string | null;
            /** @description Where it stands. */
            stage: components["schemas"]["ContactStage"];
            /** @description Id of its account. */
            accountId: string | null;
            /** @description Name of its account. */
            accountName: string | null;
            /** @description Id of the user who owns it. */
            assignedTo: string | null;
            /** @description Different short texts; never null. */
            tags: string[];
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
            /** @description The record's version, with `include=version`. */
            version?: number;
        };
        ContactList: {
            /** @description How many there are on all pages. */
            count: number;
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
            /** @description The page before: absolute, to be followed as it stands. */
            previous: string | null;
            /** @description What is on this page. */
            results: components["schemas"]["ContactItem"][];
            /** @description Results before this page, with `around`. */
            offset?: number;
        };
        ContactFacets: {
            /** @description How many contacts were counted. */
            count: number;
            /** @description Their numbers by value, for each field. */
            facets: {
                /** @description By stage, the most frequent first. */
                stage: {
                    /** @description The value; null where there is none. */
                    value: components["schemas"]["ContactStage"];
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By assignedTo, the most frequent first. */
                assignedTo: {
                    /** @description The value; null where there is none. */
                    value: string | null;
                    /** @description How many have it. */
                    count: number;
                    /** @description Name of the user. */
                    name: string | null;
                }[];
                /** @description By tags, the most frequent first. */
                tags: {
                    /** @description The value; null where there is none. */
                    value: string;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By source, the most frequent first. */
                source: {
                    /**
                     * @description The value; null where there is none.
                     * @example website_form
                     * @example cold_outreach
                     * @example referral
                     * @example social_media
                     * @example event
                     * @example inbound_call
                     * @example partner
                     * @example advertisement
                     * @example other
                     */
                    value: string | null;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By emailOptOut, the most frequent first. */
                emailOptOut: {
                    /** @description The value; null where there is none. */
                    value: boolean;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By emailBounced, the most frequent first. */
                emailBounced: {
                    /** @description The value; null where there is none. */
                    value: boolean;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By month of creation, the most frequent first. */
                createdMonth: {
                    /** @description The value; null where there is none. */
                    value: string;
                    /** @description How many have it. */
                    count: number;
                }[];
            };
        };
        /** @description firstName or lastName is required; one of them must not be blank. */
        ContactCreate: {
            /** @description First name of the person. */
            firstName?: string | null;
            /** @description Last name of the person. */
            lastName?: string | null;
            /**
             * Format: idn-email
             * @description E-mail address.
             */
            email: string;
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone?: string | null;
            /** @description What the person is at their company. */
            title?: string | null;
            /** @description Where it stands. `"new"` by default. */
            stage?: components["schemas"]["ContactStage"];
            /**
             * Format: account-id
             * @description Id of its account.
             */
            accountId?: string | null;
            /**
             * Format: user-id
             * @description Id of the user who owns it.
             */
            assignedTo?: string | null;
            /** @description Different short texts; never null. `[]` by default. */
            tags?: string[];
            /**
             * @description Where it came from: one of the examples, or a word of your own.
             * @example website_form
             * @example cold_outreach
             * @example referral
             * @example social_media
             * @example event
             * @example inbound_call
             * @example partner
             * @example advertisement
             * @example other
             */
            source?: string | null;
            /** @description True if they want no e-mail. `false` by default. */
            emailOptOut?: boolean;
            /** @description True if an e-mail came back. `false` by default. */
            emailBounced?: boolean;
            /** @description Text of several lines. */
            notes?: string | null;
        };
        ContactUpdate: {
            /** @description First name of the person. */
            firstName?: string | null;
            /** @description Last name of the person. */
            lastName?: string | null;
            /**
             * Format: idn-email
             * @description E-mail address.
             */
            email?: string;
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone?: string | null;
            /** @description What the person is at their company. */
            title?: string | null;
            /** @description Where it stands. */
            stage?: components["schemas"]["ContactStage"];
            /**
             * Format: account-id
             * @description Id of its account.
             */
            accountId?: string | null;
            /**
             * Format: user-id
             * @description Id of the user who owns it.
             */
            assignedTo?: string | null;
            /** @description Different short texts; never null. */
            tags?: string[];
            /**
             * @description Where it came from: one of the examples, or a word of your own.
             * @example website_form
             * @example cold_outreach
             * @example referral
             * @example social_media
             * @example event
             * @example inbound_call
             * @example partner
             * @example advertisement
             * @example other
             */
            source?: string | null;
            /** @description True if they want no e-mail. */
            emailOptOut?: boolean;
            /** @description True if an e-mail came back. */
            emailBounced?: boolean;
            /** @description Text of several lines. */
            notes?: string | null;
        };
        /**
         * @description Where it stands.
         * @enum {string}
         */
        ContactStage: "new" | "contacted" | "engaged" | "proposal_sent" | "negotiation" | "customer" | "inactive";
        Account: {
            /** @description Made by the server. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description Address of the company's website. */
            website: string | null;
            /** @description Industry that the company works in. */
            industry: string | null;
            /** @description How many people work there, such as `201-500`. */
            companySize: string | null;
            /** @description Revenue in a year. */
            annualRevenue: number | null;
            /** @description Where it stands. */
            stage: components["schemas"]["AccountStage"];
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone: string | null;
            /** @description Where bills are sent. */
            billingAddress: {
                /** @description A part of the address. */
                street?: string | null;
                /** @description A part of the address. */
                city?: string | null;
                /** @description A part of the address. */
                state?: string | null;
                /** @description A part of the address. */
                postalCode?: string | null;
                /** @description A part of the address. */
                country?: string | null;
            } | null;
            /** @description Id of the user who owns it. */
            assignedTo: string | null;
            /** @description Name of the user who owns it. */
            assignedToName: string | null;
            /** @description How many contacts name the account. */
            contactCount: number;
            /** @description How many of its opportunities are not closed. */
            openOpportunityCount: number;
            /** @description Different short texts; never null. */
            tags: string[];
            /** @description Id of the lead that it was converted from. */
            leadId: string | null;
            /** @description Text of several lines. */
            description: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
        };
        AccountItem: {
            /** @description Made by the server. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description Address of the company's website. */
            website: string | null;
            /** @description Industry that the company works in. */
            industry: string | null;
            /** @description How many people work there, such as `201-500`. */
            companySize: string | null;
            /** @description Where it stands. */
            stage: components["schemas"]["AccountStage"];
            /** @description Id of the user who owns it. */
            assignedTo: string | null;
            /** @description How many contacts name the account. */
            contactCount: number;
            /** @description How many of its opportunities are not closed. */
            openOpportunityCount: number;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
            /** @description The record's version, with `include=version`. */
            version?: number;
        };
        AccountList: {
            /** @description How many there are on all pages. */
            count: number;
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
            /** @description The page before: absolute, to be followed as it stands. */
            previous: string | null;
            /** @description What is on this page. */
            results: components["schemas"]["AccountItem"][];
            /** @description Results before this page, with `around`. */
            offset?: number;
        };
        AccountFacets: {
            /** @description How many accounts were counted. */
            count: number;
            /** @description Their numbers by value, for each field. */
            facets: {
                /** @description By industry, the most frequent first. */
                industry: {
                    /** @description The value; null where there is none. */
                    value: string | null;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By companySize, the most frequent first. */
                companySize: {
                    /** @description The value; null where there is none. */
                    value: string | null;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By stage, the most frequent first. */
                stage: {
                    /** @description The value; null where there is none. */
                    value: components["schemas"]["AccountStage"];
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By assignedTo, the most frequent first. */
                assignedTo: {
                    /** @description The value; null where there is none. */
                    value: string | null;
                    /** @description How many have it. */
                    count: number;
                    /** @description Name of the user. */
                    name: string | null;
                }[];
                /** @description By tags, the most frequent first. */
                tags: {
                    /** @description The value; null where there is none. */
                    value: string;
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By month of creation, the most frequent first. */
                createdMonth: {
                    /** @description The value; null where there is none. */
                    value: string;
                    /** @description How many have it. */
                    count: number;
                }[];
            };
        };
        AccountCreate: {
            /** @description Its name. */
            name: string;
            /** @description Address of the company's website. */
            website?: string | null;
            /** @description Industry that the company works in. */
            industry?: string | null;
            /** @description How many people work there, such as `201-500`. */
            companySize?: string | null;
            /** @description Revenue in a year. At most four decimals. */
            annualRevenue?: number | null;
            /** @description Where it stands. `"prospect"` by default. */
            stage?: components["schemas"]["AccountStage"];
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone?: string | null;
            /** @description Where bills are sent. */
            billingAddress?: {
                /** @description A part of the address. */
                street?: string | null;
                /** @description A part of the address. */
                city?: string | null;
                /** @description A part of the address. */
                state?: string | null;
                /** @description A part of the address. */
                postalCode?: string | null;
                /** @description A part of the address. */
                country?: string | null;
            } | null;
            /**
             * Format: user-id
             * @description Id of the user who owns it.
             */
            assignedTo?: string | null;
            /** @description Different short texts; never null. `[]` by default. */
            tags?: string[];
            /** @description Text of several lines. */
            description?: string | null;
        };
        AccountUpdate: {
            /** @description Its name. */
            name?: string;
            /** @description Address of the company's website. */
            website?: string | null;
            /** @description Industry that the company works in. */
            industry?: string | null;
            /** @description How many people work there, such as `201-500`. */
            companySize?: string | null;
            /** @description Revenue in a year. At most four decimals. */
            annualRevenue?: number | null;
            /** @description Where it stands. */
            stage?: components["schemas"]["AccountStage"];
            /** @description Phone number, kept as it was typed; it has 3 to 20 digits. */
            phone?: string | null;
            /** @description Where bills are sent. */
            billingAddress?: {
                /** @description A part of the address. */
                street?: string | null;
                /** @description A part of the address. */
                city?: string | null;
                /** @description A part of the address. */
                state?: string | null;
                /** @description A part of the address. */
                postalCode?: string | null;
                /** @description A part of the address. */
                country?: string | null;
            } | null;
            /**
             * Format: user-id
             * @description Id of the user who owns it.
             */
            assignedTo?: string | null;
            /** @description Different short texts; never null. */
            tags?: string[];
            /** @description Text of several lines. */
            description?: string | null;
        };
        /**
         * @description Where it stands.
         * @enum {string}
         */
        AccountStage: "prospect" | "active" | "customer" | "partner" | "churned";
        Opportunity: {
            /** @description Made by the server. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description What it is worth. */
            value: number | null;
            /** @description Where it stands. */
            stage: components["schemas"]["OpportunityStage"];
            /** @description Id of its account. */
            accountId: string | null;
            /** @description Name of its account. */
            accountName: string | null;
            /** @description Id of its contact. */
            contactId: string | null;
            /** @description Name of its contact. */
            contactName: string | null;
            /** @description Id of the user who owns it. */
            assignedTo: string | null;
            /** @description Name of the user who owns it. */
            assignedToName: string | null;
            /**
             * Format: date
             * @description Day on which it is expected to close.
             */
            closeDate: string | null;
            /** @description Id of the lead that it was converted from. */
            leadId: string | null;
            /** @description Text of several lines. */
            description: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
        };
        OpportunityItem: {
            /** @description Made by the server. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description What it is worth. */
            value: number | null;
            /** @description Where it stands. */
            stage: components["schemas"]["OpportunityStage"];
            /** @description Id of its account. */
            accountId: string | null;
            /** @description Name of its account. */
            accountName: string | null;
            /** @description Id of the user who owns it. */
            assignedTo: string | null;
            /**
             * Format: date
             * @description Day on which it is expected to close.
             */
            closeDate: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
            /** @description The record's version, with `include=version`. */
            version?: number;
        };
        OpportunityList: {
            /** @description How many there are on all pages. */
            count: number;
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
            /** @description The page before: absolute, to be followed as it stands. */
            previous: string | null;
            /** @description What is on this page. */
            results: components["schemas"]["OpportunityItem"][];
            /** @description Results before this page, with `around`. */
            offset?: number;
        };
        OpportunityFacets: {
            /** @description How many opportunities were counted. */
            count: number;
            /** @description Their numbers by value, for each field. */
            facets: {
                /** @description By stage, the most frequent first. */
                stage: {
                    /** @description The value; null where there is none. */
                    value: components["schemas"]["OpportunityStage"];
                    /** @description How many have it. */
                    count: number;
                }[];
                /** @description By assignedTo, the most frequent first. */
                assignedTo: {
                    /** @description The value; null where there is none. */
                    value: string | null;
                    /** @description How many have it. */
                    count: number;
                    /** @description Name of the user. */
                    name: string | null;
                }[];
                /** @description By month of creation, the most frequent first. */
                createdMonth: {
                    /** @description The value; null where there is none. */
                    value: string;
                    /** @description How many have it. */
                    count: number;
                }[];
            };
        };
        /** @description accountId is required. */
        OpportunityCreate: {
            /** @description Its name. */
            name: string;
            /** @description What it is worth. At most four decimals. */
            value?: number | null;
            /** @description Where it stands. `"qualification"` by default. */
            stage?: components["schemas"]["OpportunityStage"];
            /**
             * Format: account-id
             * @description Id of its account.
             */
            accountId: string;
            /**
             * Format: contact-id
             * @description Id of its contact.
             */
            contactId?: string | null;
            /**
             * Format: user-id
             * @description Id of the user who owns it.
             */
            assignedTo?: string | null;
            /** @description Day on which it is expected to close. A date such as 2025-03-10. */
            closeDate?: string | null;
            /** @description Text of several lines. */
            description?: string | null;
        };
        OpportunityUpdate: {
            /** @description Its name. */
            name?: string;
            /** @description What it is worth. At most four decimals. */
            value?: number | null;
            /** @description Where it stands. */
            stage?: components["schemas"]["OpportunityStage"];
            /**
             * Format: account-id
             * @description Id of its account.
             */
            accountId?: string | null;
            /**
             * Format: contact-id
             * @description Id of its contact.
             */
            contactId?: string | null;
            /**
             * Format: user-id
             * @description Id of the user who owns it.
             */
            assignedTo?: string | null;
            /** @description Day on which it is expected to close. A date such as 2025-03-10. */
            closeDate?: string | null;
            /** @description Text of several lines. */
            description?: string | null;
        };
        /**
         * @description Where it stands.
         * @enum {string}
         */
        OpportunityStage: "prospecting" | "qualification" | "needs_analysis" | "proposal" | "negotiation" | "closed_won" | "closed_lost";
        User: {
            /** @description Made by the server. */
            id: string;
            /** @description E-mail address. */
            email: string;
            /** @description First name of the person. */
            firstName: string | null;
            /** @description Last name of the person. */
            lastName: string | null;
            /** @description What the user may do. */
            role: components["schemas"]["UserRole"];
            /** @description False for a disabled user. */
            active: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
        };
        UserItem: {
            /** @description Made by the server. */
            id: string;
            /** @description E-mail address. */
            email: string;
            /** @description First name of the person. */
            firstName: string | null;
            /** @description Last name of the person. */
            lastName: string | null;
            /** @description What the user may do. */
            role: components["schemas"]["UserRole"];
            /** @description False for a disabled user. */
            active: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
            /** @description The record's version, with `include=version`. */
            version?: number;
        };
        UserList: {
            /** @description How many there are on all pages. */
            count: number;
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
            /** @description The page before: absolute, to be followed as it stands. */
            previous: string | null;
            /** @description What is on this page. */
            results: components["schemas"]["UserItem"][];
            /** @description Results before this page, with `around`. */
            offset?: number;
        };
        UserCreate: {
            /**
             * Format: idn-email
             * @description E-mail address.
             */
            email: string;
            /** @description First name of the person. */
            firstName?: string | null;
            /** @description Last name of the person. */
            lastName?: string | null;
            /** @description What the user may do. `"user"` by default. */
            role?: components["schemas"]["UserRole"];
            /** @description False for a disabled user. `true` by default. */
            active?: boolean;
            /**
             * Format: password
             * @description Password to sign in with; null takes it away.
             */
            password?: string | null;
        };
        UserUpdate: {
            /**
             * Format: idn-email
             * @description E-mail address.
             */
            email?: string;
            /** @description First name of the person. */
            firstName?: string | null;
            /** @description Last name of the person. */
            lastName?: string | null;
            /** @description What the user may do. */
            role?: components["schemas"]["UserRole"];
            /** @description False for a disabled user. */
            active?: boolean;
            /**
             * Format: password
             * @description Password to sign in with; null takes it away.
             */
            password?: string | null;
        };
        /**
         * @description What the user may do.
         * @enum {string}
         */
        UserRole: "admin" | "user" | "viewer";
        LeadConvert: {
            /** @description Whether to create an account. */
            createAccount?: boolean | null;
            /** @description Name of the new account; by itself the lead's company. Needs createAccount. */
            accountName?: string | null;
            /**
             * Format: account-id
             * @description Id of an existing account to link; excludes createAccount.
             */
            accountId?: string | null;
            /**
             * Format: contact-id
             * @description Id of an existing contact to link; only its empty fields are filled.
             */
            contactId?: string | null;
            /** @description Whether to create an opportunity. */
            createOpportunity?: boolean | null;
            /** @description Name of the new opportunity; by itself that of the account, else of the person. Needs createOpportunity. */
            opportunityName?: string | null;
            /** @description What the new opportunity is worth. Needs createOpportunity. At most four decimals. */
            opportunityValue?: number | null;
            /** @description Stage of the new opportunity; `qualification` by default. Needs createOpportunity. */
            opportunityStage?: components["schemas"]["OpportunityStage"] | "" | null;
            /** @description Day on which the new opportunity is expected to close. Needs createOpportunity. A date such as 2025-03-10. */
            opportunityCloseDate?: string | null;
            /**
             * Format: user-id
             * @description Id of the user who owns the new opportunity; by itself the lead's owner. Needs createOpportunity.
             */
            opportunityAssignedTo?: string | null;
        };
        LeadConverted: {
            /** @description The lead. */
            lead: components["schemas"]["ConvertedLead"];
            /** @description The contact. */
            contact: components["schemas"]["ConvertedContact"];
            /** @description The account; null where none was asked for. */
            account: components["schemas"]["ConvertedAccount"] | null;
            /** @description The opportunity; null where none was asked for. */
            opportunity: components["schemas"]["ConvertedOpportunity"] | null;
        };
        ConvertedLead: {
            /** @description The lead's id. */
            id: string;
            /**
             * @description Always `converted`.
             * @constant
             */
            status: "converted";
            /**
             * Format: date-time
             * @description When it was converted.
             */
            convertedAt: string;
        };
        ConvertedContact: {
            /** @description The contact's id. */
            id: string;
            /** @description First name. */
            firstName: string | null;
            /** @description Last name. */
            lastName: string | null;
        };
        ConvertedAccount: {
            /** @description The account's id. */
            id: string;
            /** @description Its name. */
            name: string;
        };
        ConvertedOpportunity: {
            /** @description The opportunity's id. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description What it is worth. */
            value: number | null;
        };
        LeadBatch: {
            /** @description True if all items are to be done, or none. */
            atomic?: boolean;
            /** @description The items. */
            operations: components["schemas"]["LeadBatchItem"][];
        };
        LeadBatchItem: {
            /**
             * @description What is to be done.
             * @enum {string}
             */
            op: "create" | "upsert" | "patch" | "delete" | "convert";
            /** @description The record's id, for patch, delete and convert. */
            id?: string;
            /** @description The record's version or ETag as you know it. */
            ifMatch?: number | string;
            /** @description The fields, for create, upsert and patch. */
            record?: components["schemas"]["LeadUpdate"];
            /** @description The options of a conversion. */
            convert?: components["schemas"]["LeadConvert"];
        };
        ContactBatch: {
            /** @description True if all items are to be done, or none. */
            atomic?: boolean;
            /** @description The items. */
            operations: components["schemas"]["ContactBatchItem"][];
        };
        ContactBatchItem: {
            /**
             * @description What is to be done.
             * @enum {string}
             */
            op: "create" | "upsert" | "patch" | "delete";
            /** @description The record's id, for patch, delete and convert. */
            id?: string;
            /** @description The record's version or ETag as you know it. */
            ifMatch?: number | string;
            /** @description The fields, for create, upsert and patch. */
            record?: components["schemas"]["ContactUpdate"];
        };
        AccountBatch: {
            /** @description True if all items are to be done, or none. */
            atomic?: boolean;
            /** @description The items. */
            operations: components["schemas"]["AccountBatchItem"][];
        };
        AccountBatchItem: {
            /**
             * @description What is to be done.
             * @enum {string}
             */
            op: "create" | "patch" | "delete";
            /** @description The record's id, for patch, delete and convert. */
            id?: string;
            /** @description The record's version or ETag as you know it. */
            ifMatch?: number | string;
            /** @description The fields, for create, upsert and patch. */
            record?: components["schemas"]["AccountUpdate"];
        };
        OpportunityBatch: {
            /** @description True if all items are to be done, or none. */
            atomic?: boolean;
            /** @description The items. */
            operations: components["schemas"]["OpportunityBatchItem"][];
        };
        OpportunityBatchItem: {
            /**
             * @description What is to be done.
             * @enum {string}
             */
            op: "create" | "patch" | "delete";
            /** @description The record's id, for patch, delete and convert. */
            id?: string;
            /** @description The record's version or ETag as you know it. */
            ifMatch?: number | string;
            /** @description The fields, for create, upsert and patch. */
            record?: components["schemas"]["OpportunityUpdate"];
        };
        BatchItemResult: {
            /** @description The place of the item in the request, from 0. */
            index: number;
            /** @description The status that a request of its own would have. */
            status: number;
            /** @description The record's id. */
            id: string | null;
            /** @description The record's version after it. */
            version: number | null;
            /** @description The problem, null if it was done. */
            error: Record<string, never> | null;
            /** @description The record after it, for `return=full`. */
            record?: Record<string, never> | null;
        };
        BatchDone: {
            /** @description The operation, null if nothing was changed. */
            operationId: string | null;
            /** @description How many items were done. */
            succeeded: number;
            /** @description How many items were refused. */
            failed: number;
            /** @description What came of each item, in their order. */
            results: components["schemas"]["BatchItemResult"][];
        };
        BulkDone: {
            /** @description The operation, null if nothing was changed. */
            operationId: string | null;
            /** @description How many records the filter chose. */
            count: number;
        };
        ConversionPreview: {
            /** @description Contacts that the lead may be already. The surest first. */
            contacts: {
                /** @description The contact's id. */
                id: string;
                /** @description The contact's name. */
                name: string | null;
                /** @description The contact's e-mail address. */
                email: string;
                /** @description What is the same. */
                reasons: ("same_email" | "same_phone_and_last_name" | "same_name_and_company" | "same_name_and_domain")[];
            }[];
            /** @description Accounts that the lead may belong to. The surest first. */
            accounts: {
                /** @description The account's id. */
                id: string;
                /** @description The account's name. */
                name: string;
                /** @description What is the same. */
                reasons: ("same_name" | "same_domain")[];
            }[];
            /** @description What a convert makes by itself. */
            defaults: {
                /** @description Name of the contact. */
                contactName: string | null;
                /** @description Name of the account; null if the lead has no company. */
                accountName: string | null;
                /** @description Name of the opportunity, if an account is made as well. */
                opportunityName: string;
                /** @description Id of the user who owns what is made. */
                assignedTo: string | null;
                /** @description Name of that user. */
                assignedToName: string | null;
            };
        };
        LeadMerge: {
            /** @description Ids of the leads that are merged into this one. */
            duplicates: string[];
            /** @description Whose value wins, for fields where it is not this record's. */
            fields?: {
                /** @description Id of the lead whose `firstName` wins. */
                firstName?: string | null;
                /** @description Id of the lead whose `lastName` wins. */
                lastName?: string | null;
                /** @description Id of the lead whose `email` wins. */
                email?: string | null;
                /** @description Id of the lead whose `phone` wins. */
                phone?: string | null;
                /** @description Id of the lead whose `company` wins. */
                company?: string | null;
                /** @description Id of the lead whose `status` wins. */
                status?: string | null;
                /** @description Id of the lead whose `source` wins. */
                source?: string | null;
                /** @description Id of the lead whose `assignedTo` wins. */
                assignedTo?: string | null;
                /** @description Id of the lead whose `leadScore` wins. */
                leadScore?: string | null;
                /** @description Id of the lead whose `notes` wins. */
                notes?: string | null;
            } | null;
        };
        ContactMerge: {
            /** @description Ids of the contacts that are merged into this one. */
            duplicates: string[];
            /** @description Whose value wins, for fields where it is not this record's. */
            fields?: {
                /** @description Id of the contact whose `firstName` wins. */
                firstName?: string | null;
                /** @description Id of the contact whose `lastName` wins. */
                lastName?: string | null;
                /** @description Id of the contact whose `email` wins. */
                email?: string | null;
                /** @description Id of the contact whose `phone` wins. */
                phone?: string | null;
                /** @description Id of the contact whose `title` wins. */
                title?: string | null;
                /** @description Id of the contact whose `stage` wins. */
                stage?: string | null;
                /** @description Id of the contact whose `accountId` wins. */
                accountId?: string | null;
                /** @description Id of the contact whose `assignedTo` wins. */
                assignedTo?: string | null;
                /** @description Id of the contact whose `tags` wins. */
                tags?: string | null;
                /** @description Id of the contact whose `source` wins. */
                source?: string | null;
                /** @description Id of the contact whose `notes` wins. */
                notes?: string | null;
            } | null;
        };
        AccountMerge: {
            /** @description Ids of the accounts that are merged into this one. */
            duplicates: string[];
            /** @description Whose value wins, for fields where it is not this record's. */
            fields?: {
                /** @description Id of the account whose `name` wins. */
                name?: string | null;
                /** @description Id of the account whose `website` wins. */
                website?: string | null;
                /** @description Id of the account whose `industry` wins. */
                industry?: string | null;
                /** @description Id of the account whose `companySize` wins. */
                companySize?: string | null;
                /** @description Id of the account whose `annualRevenue` wins. */
                annualRevenue?: string | null;
                /** @description Id of the account whose `stage` wins. */
                stage?: string | null;
                /** @description Id of the account whose `phone` wins. */
                phone?: string | null;
                /** @description Id of the account whose `billingAddress` wins. */
                billingAddress?: string | null;
                /** @description Id of the account whose `assignedTo` wins. */
                assignedTo?: string | null;
                /** @description Id of the account whose `tags` wins. */
                tags?: string | null;
                /** @description Id of the account whose `description` wins. */
                description?: string | null;
            } | null;
        };
        OpportunityMerge: {
            /** @description Ids of the opportunities that are merged into this one. */
            duplicates: string[];
            /** @description Whose value wins, for fields where it is not this record's. */
            fields?: {
                /** @description Id of the opportunity whose `name` wins. */
                name?: string | null;
                /** @description Id of the opportunity whose `value` wins. */
                value?: string | null;
                /** @description Id of the opportunity whose `stage` wins. */
                stage?: string | null;
                /** @description Id of the opportunity whose `accountId` wins. */
                accountId?: string | null;
                /** @description Id of the opportunity whose `contactId` wins. */
                contactId?: string | null;
                /** @description Id of the opportunity whose `assignedTo` wins. */
                assignedTo?: string | null;
                /** @description Id of the opportunity whose `closeDate` wins. */
                closeDate?: string | null;
                /** @description Id of the opportunity whose `description` wins. */
                description?: string | null;
            } | null;
        };
        Explanation: {
            /** @description Each field. */
            fields: {
                [key: string]: {
                    /** @description The value. */
                    value: unknown;
                    /** @description The operation that wrote it; null if the log has lost it. */
                    operationId: string | null;
                    /** @description That operation's kind. */
                    kind: string | null;
                    /**
                     * Format: date-time
                     * @description When that was.
                     */
                    at: string | null;
                    /** @description Who wrote it. */
                    user: {
                        /** @description The id. */
                        id: string;
                        /** @description The name. */
                        name: string | null;
                    } | null;
                    /** @description The API key, null for a person. */
                    key: {
                        /** @description The id. */
                        id: string;
                        /** @description The name. */
                        name: string | null;
                    } | null;
                    /** @description The undo that brought the value back. */
                    broughtBackBy: string | null;
                };
            };
        };
        OperationItem: {
            /** @description The operation's id. */
            id: string;
            /** @description Its number in the workspace's log, without gaps. */
            seq: number;
            /** @description What was done, such as `lead.converted`. */
            kind: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who did it; for an API key, the workspace's system user. */
            user: {
                /** @description The id. */
                id: string;
                /** @description The name. */
                name: string | null;
            };
            /** @description The API key, null for a person. */
            key: {
                /** @description The id. */
                id: string;
                /** @description The name. */
                name: string | null;
            } | null;
            /** @description The request; null for a command. */
            requestId: string | null;
            /** @description The operation that it takes back. */
            undoes: string | null;
            /** @description The job that it is a part of. */
            jobId: string | null;
            /** @description The number of its changes; null for old operations. */
            size: number | null;
        };
        OperationList: {
            /** @description What is on this page. */
            results: components["schemas"]["OperationItem"][];
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
        };
        Operation: {
            /** @description The operation's id. */
            id: string;
            /** @description Its number in the workspace's log, without gaps. */
            seq: number;
            /** @description What was done, such as `lead.converted`. */
            kind: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who did it; for an API key, the workspace's system user. */
            user: {
                /** @description The id. */
                id: string;
                /** @description The name. */
                name: string | null;
            };
            /** @description The API key, null for a person. */
            key: {
                /** @description The id. */
                id: string;
                /** @description The name. */
                name: string | null;
            } | null;
            /** @description The request; null for a command. */
            requestId: string | null;
            /** @description The operation that it takes back. */
            undoes: string | null;
            /** @description The job that it is a part of. */
            jobId: string | null;
            /** @description The operation that took it back. */
            undoneBy: string | null;
            /** @description What it changed, record by record. */
            changes: {
                /** @description The kind of record. */
                kind: string;
                /** @description The record's id. */
                id: string;
                /**
                 * @description What was done to it.
                 * @enum {string}
                 */
                action: "created" | "updated" | "deleted";
                /** @description The record's version after it. */
                version: number;
                /** @description Each changed field: `[before, after]`. */
                fields: Record<string, never>;
            }[];
        };
        ChangeItem: {
            /** @description The operation's id. */
            id: string;
            /** @description Its number in the workspace's log, without gaps. */
            seq: number;
            /** @description What was done, such as `lead.converted`. */
            kind: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who did it; for an API key, the workspace's system user. */
            user: {
                /** @description The id. */
                id: string;
                /** @description The name. */
                name: string | null;
            };
            /** @description The API key, null for a person. */
            key: {
                /** @description The id. */
                id: string;
                /** @description The name. */
                name: string | null;
            } | null;
            /** @description The request; null for a command. */
            requestId: string | null;
            /** @description The operation that it takes back. */
            undoes: string | null;
            /** @description The job that it is a part of. */
            jobId: string | null;
            /** @description What it changed, record by record. */
            changes: {
                /** @description The kind of record. */
                kind: string;
                /** @description The record's id. */
                id: string;
                /**
                 * @description What was done to it.
                 * @enum {string}
                 */
                action: "created" | "updated" | "deleted";
                /** @description The record's version after it. */
                version: number;
                /** @description Each changed field: `[before, after]`. */
                fields: Record<string, never>;
            }[];
        };
        ChangeList: {
            /** @description What was done, in order. */
            results: components["schemas"]["ChangeItem"][];
            /** @description The cursor to go on from: all up to there was considered. */
            through: string;
            /** @description The page that follows, null if there is nothing more yet. */
            next: string | null;
        };
        Undone: {
            /** @description The undo, an operation like any. */
            operation: {
                /** @description The operation's id. */
                id: string;
                /** @description Its number in the workspace's log, without gaps. */
                seq: number;
                /** @description What was done, such as `lead.converted`. */
                kind: string;
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /** @description Who did it; for an API key, the workspace's system user. */
                user: {
                    /** @description The id. */
                    id: string;
                    /** @description The name. */
                    name: string | null;
                };
                /** @description The API key, null for a person. */
                key: {
                    /** @description The id. */
                    id: string;
                    /** @description The name. */
                    name: string | null;
                } | null;
                /** @description The request; null for a command. */
                requestId: string | null;
                /** @description The operation that it takes back. */
                undoes: string | null;
                /** @description The job that it is a part of. */
                jobId: string | null;
            };
            /** @description How many records were restored. */
            restored: number;
            /** @description How many records were changed. */
            changed: number;
            /** @description How many records were deleted. */
            deleted: number;
            /** @description The conflicts that `force` went past. */
            skipped: Record<string, never>[];
        };
        SignedInUser: {
            /** @description The user's id. */
            id: string;
            /** @description The user's e-mail. */
            email: string;
            /** @description First name. */
            firstName: string | null;
            /** @description Last name. */
            lastName: string | null;
            /** @description Id of the workspace that was signed in to. */
            workspaceId: string;
        };
        BrowserUser: {
            /** @description The user's id. */
            id: string;
            /** @description The user's e-mail. */
            email: string;
            /** @description First name. */
            firstName: string | null;
            /** @description Last name. */
            lastName: string | null;
            /** @description Id of the workspace that was signed in to. */
            workspaceId: string;
            /** @description What the user may do. */
            role: components["schemas"]["UserRole"];
        };
        BrowserSession: {
            /** @description Who signed in. */
            user: components["schemas"]["BrowserUser"];
        };
        Login: {
            /** @description E-mail address. */
            email: string;
            /**
             * Format: password
             * @description Password to sign in with; null takes it away.
             */
            password: string;
            /**
             * Format: workspace-id
             * @description Id of the workspace, for an e-mail that several know.
             */
            workspaceId?: string | null;
        };
        TokenRefresh: {
            /** @description The refresh token, which is spent by this. */
            refresh: string;
        };
        TokenPair: {
            /** @description The access token, for `Authorization: Bearer`. */
            access: string;
            /** @description The refresh token, which gets new ones, once. */
            refresh: string;
        };
        SignedIn: {
            /** @description The access token, for `Authorization: Bearer`. */
            access: string;
            /** @description The refresh token, which gets new ones, once. */
            refresh: string;
            /** @description Who signed in. */
            user: components["schemas"]["SignedInUser"];
        };
        Me: {
            /** @description The user that the token acts as. */
            user: components["schemas"]["MyUser"];
            /** @description The workspace that the token is for. */
            workspace: components["schemas"]["MyWorkspace"];
            /** @description The API key, if it is one. */
            key: components["schemas"]["MyKey"] | null;
        };
        MyUser: {
            /** @description The user's id. */
            id: string;
            /** @description The user's e-mail; null for the user that keys act as. */
            email: string | null;
            /** @description First name. */
            firstName: string | null;
            /** @description Last name. */
            lastName: string | null;
            /** @description Both names. */
            name: string | null;
            /** @description What the user may do. */
            role: components["schemas"]["UserRole"];
        };
        MyWorkspace: {
            /** @description The workspace's id. */
            id: string;
            /** @description Its name. */
            name: string;
        };
        MyKey: {
            /** @description The key's id. */
            id: string;
            /** @description Its name. */
            name: string;
        };
        MeUpdate: {
            /** @description First name of the person. */
            firstName?: string | null;
            /** @description Last name of the person. */
            lastName?: string | null;
            /**
             * Format: password
             * @description The new password. Needs currentPassword.
             */
            password?: string;
            /**
             * Format: password
             * @description The password until now; needed to change it.
             */
            currentPassword?: string | null;
        };
        KeyItem: {
            /** @description Made by the server. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description The key's last four characters. */
            hint: string;
            /** @description What the key may do; null for all that a user may. */
            scopes: components["schemas"]["KeyScope"][] | null;
            /**
             * Format: date-time
             * @description When the key ends by itself.
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description Its last use, exact to a minute.
             */
            lastUsedAt: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was revoked.
             */
            revokedAt: string | null;
            /** @description The record's version, with `include=version`. */
            version?: number;
        };
        KeyList: {
            /** @description How many there are on all pages. */
            count: number;
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
            /** @description The page before: absolute, to be followed as it stands. */
            previous: string | null;
            /** @description What is on this page. */
            results: components["schemas"]["KeyItem"][];
            /** @description Results before this page, with `around`. */
            offset?: number;
        };
        KeyCreate: {
            /** @description Its name. */
            name: string;
            /** @description What the key may do; null for all that a user may. */
            scopes?: components["schemas"]["KeyScope"][] | null;
            /** @description When the key ends by itself. A time such as 2025-03-10T08:00:00Z or a date such as 2025-03-10; without a zone it is UTC. */
            expiresAt?: string | null;
        };
        /**
         * @description What the key may do; null for all that a user may.
         * @enum {string}
         */
        KeyScope: "leads:read" | "leads:write" | "contacts:read" | "contacts:write" | "accounts:read" | "accounts:write" | "opportunities:read" | "opportunities:write";
        KeyCreated: {
            /** @description Made by the server. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description The key's last four characters. */
            hint: string;
            /** @description What the key may do; null for all that a user may. */
            scopes: components["schemas"]["KeyScope"][] | null;
            /**
             * Format: date-time
             * @description When the key ends by itself.
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description Its last use, exact to a minute.
             */
            lastUsedAt: string | null;
            /**
             * Format: date-time
             * @description When it was revoked.
             */
            revokedAt: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
            /** @description The key itself, which cannot be read again. */
            secret: string;
        };
        Person: {
            /** @description The user's id, for `assignedTo`. */
            id: string;
            /** @description First and last name. */
            name: string | null;
            /** @description Whether a record can be given to them. */
            active: boolean;
        };
        PersonList: {
            /** @description How many there are on all pages. */
            count: number;
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
            /** @description The page before: absolute, to be followed as it stands. */
            previous: string | null;
            /** @description What is on this page. */
            results: components["schemas"]["Person"][];
        };
        View: {
            /** @description Made by the server. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description The kind of record whose list it is. */
            kind: components["schemas"]["ViewKind"];
            /** @description Query string of that list: filters, search and sort; null for the whole list. */
            query: string | null;
            /** @description Place among your views; null for after all others. */
            position: number | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
        };
        ViewItem: {
            /** @description Made by the server. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description The kind of record whose list it is. */
            kind: components["schemas"]["ViewKind"];
            /** @description Query string of that list: filters, search and sort; null for the whole list. */
            query: string | null;
            /** @description Place among your views; null for after all others. */
            position: number | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updatedAt: string;
            /** @description The record's version, with `include=version`. */
            version?: number;
        };
        ViewList: {
            /** @description How many there are on all pages. */
            count: number;
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
            /** @description The page before: absolute, to be followed as it stands. */
            previous: string | null;
            /** @description What is on this page. */
            results: components["schemas"]["ViewItem"][];
            /** @description Results before this page, with `around`. */
            offset?: number;
        };
        ViewCreate: {
            /** @description Its name. */
            name: string;
            /** @description The kind of record whose list it is. */
            kind: components["schemas"]["ViewKind"];
            /** @description Query string of that list: filters, search and sort; null for the whole list. */
            query?: string | null;
            /** @description Place among your views; null for after all others. */
            position?: number | null;
        };
        ViewUpdate: {
            /** @description Its name. */
            name?: string;
            /** @description The kind of record whose list it is. */
            kind?: components["schemas"]["ViewKind"];
            /** @description Query string of that list: filters, search and sort; null for the whole list. */
            query?: string | null;
            /** @description Place among your views; null for after all others. */
            position?: number | null;
        };
        /**
         * @description The kind of record whose list it is.
         * @enum {string}
         */
        ViewKind: "lead" | "contact" | "account" | "opportunity";
        ViewCounts: {
            /** @description The number of records by the id of the view. */
            counts: {
                [key: string]: number | null;
            };
        };
        /** @description Whatever a client keeps for a person. */
        Preferences: {
            [key: string]: unknown;
        };
        Health: {
            /** @description `ok`; or `writes_failing`, from a write that failed on, until one succeeds. */
            status: string;
            /** @description Version of the server. */
            version: string;
            /** @description `sqlite` or `postgres`. */
            database: string;
        };
        HistoryEntry: {
            /** @description Names the operation, as `Operation-Id` did. */
            operationId: string;
            /** @description The operation's number in the workspace's log. */
            seq: number;
            /** @description What was done, such as `lead.updated`. */
            kind: string;
            /**
             * Format: date-time
             * @description When it was done.
             */
            at: string;
            /** @description Who did it. */
            user: components["schemas"]["HistoryUser"];
            /** @description The API key that it was done with. */
            key: components["schemas"]["HistoryKey"] | null;
            /** @description The request that it was done by, as `X-Request-Id` named it. */
            requestId: string | null;
            /** @description The record's version after it. */
            version: number;
            /** @description The fields that changed, each with its value before and after. */
            changes: {
                [key: string]: unknown[];
            };
        };
        HistoryUser: {
            /** @description The user's id. */
            id: string;
            /** @description The user's name; null for one without. */
            name: string | null;
        };
        HistoryKey: {
            /** @description The key's id. */
            id: string;
            /** @description The key's name. */
            name: string;
        };
        HistoryPage: {
            /** @description Whether the record is deleted. */
            gone: boolean;
            /** @description How many there are on all pages. */
            count: number;
            /** @description The next page: absolute, to be followed as it stands. */
            next: string | null;
            /** @description The page before: absolute, to be followed as it stands. */
            previous: string | null;
            /** @description What is on this page. */
            results: components["schemas"]["HistoryEntry"][];
        };
        Preview: {
            /**
             * @description Nothing was written.
             * @constant
             */
            dryRun: true;
            /** @description The status of the write's answer. */
            status: number;
            /** @description ETag and Location. */
            headers: {
                [key: string]: string;
            };
            /** @description The write's answer, without secrets. */
            answer: Record<string, never> | null;
            /** @description Null if nothing would be done. */
            operation: {
                /** @description What would be done, such as `lead.converted`. */
                kind: string;
                /** @description What it would change, record by record. */
                changes: {
                    /** @description The kind of record. */
                    kind: string;
                    /** @description The record's id; that of a new record is of the preview alone. */
                    id: string;
                    /**
                     * @description What is done.
                     * @enum {string}
                     */
                    action: "created" | "updated" | "deleted";
                    /** @description The record's version after it. */
                    version: number;
                    /** @description Each changed field: `[before, after]`. */
                    fields: Record<string, never>;
                }[];
            } | null;
        };
        Problem: {
            /** @description Always `about:blank`: `code` says more. */
            type: string;
            /** @description The status in words. */
            title: string;
            /** @description The status of the answer. */
            status: number;
            /** @description A sentence that says what to do. */
            detail: string;
            /** @description Which refusal it is: stable, for programs. Each answer lists its codes. */
            code: string;
            /** @description Names this request in the server's log. */
            requestId: string;
            /** @description All that is wrong with single fields or parameters. */
            errors?: components["schemas"]["ProblemError"][];
        };
        ProblemError: {
            /** @description Name of the field or parameter. */
            field: string;
            /** @description What is wrong with it: stable, for programs. */
            code: string;
            /** @description A sentence that says what it would take. */
            message: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
