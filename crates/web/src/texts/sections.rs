//! The keys of the texts: one struct per section of the files, one field per key.

use super::Plural;
use serde::Deserialize;

/// Declares a section: plain texts, then those that depend on a number.
macro_rules! section {
    ($name:ident { $($key:ident)* } $(numbers { $($number:ident)* })?) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $(pub(crate) $key: String,)*
            $($(pub(crate) $number: Plural,)*)?
        }
    };
}

/// All texts in one language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    pub(crate) layout: Layout,
    pub(crate) paging: Paging,
    pub(crate) words: Words,
    pub(crate) sign_in: SignIn,
    pub(crate) home: Home,
    pub(crate) packs: Packs,
    pub(crate) search: Search,
    pub(crate) services: Services,
    pub(crate) board: Board,
    pub(crate) inbox: Inbox,
    pub(crate) case: Case,
    pub(crate) form: Form,
    pub(crate) standing: Standing,
    pub(crate) begin: Begin,
    pub(crate) import: Import,
    pub(crate) found: Found,
    pub(crate) deadline: Deadline,
    pub(crate) source: Source,
    pub(crate) air: Air,
    pub(crate) sources: Sources,
    pub(crate) data: Data,
    pub(crate) ordinance: Ordinance,
    pub(crate) receipt: Receipt,
    pub(crate) verify: Verify,
    pub(crate) message: Message,
    pub(crate) packet: Packet,
    pub(crate) document: Document,
    pub(crate) register: Register,
    pub(crate) status: Status,
    pub(crate) people: People,
    pub(crate) design: Design,
    pub(crate) definition: Definition,
    pub(crate) audit: Audit,
    pub(crate) show: Show,
    pub(crate) paper: Paper,
    pub(crate) powers: Powers,
    pub(crate) acts: Acts,
    pub(crate) counting: Counting,
    pub(crate) csv: Csv,
    pub(crate) refused: Refused,
}

section! {
    Layout {
        site skip demo demo_other account elder_on elder_off other_language here home inbox
        inbox_count sources verify sign_in sign_out log_time owner operator contact site_code
        error_report accessibility promise
    }
}

section! {
    Paging {
        label place previous next
    }
    numbers { total }
}

section! {
    Words {
        under_a_minute under_a_working_day under_a_day from_to left due_today due_today_left overdue
        just_overdue paused done provisional over_limit monday tuesday wednesday thursday friday
        saturday sunday valid not_valid verdict flag_and_why flag_normal flag_stopped
        flag_maintenance flag_manual flag_fault flag_calibration flag_over_range
        flag_no_communication flag_left_out flag_unknown in_force_from in_force_between in_force_to
    }
    numbers { hours working_hours working_days calendar_days months minutes and_minutes }
}

section! {
    SignIn {
        title error_title account password submit hint error_missing error_wrong error_wait
        error_closed demo_title demo_hint demo_role demo_others and_more
    }
}

section! {
    Home {
        what inbox_hint sources_hint verify_hint sign_in_hint loop_title sense sense_hint know
        know_hint decide decide_hint act act_hint account account_hint open open_hint head_title
        head_hint head_size head_time head_root head_file head_download head_none data_hint ordinance_hint boards_hint services_hint
        later later_what later_instead
    }
}

section! {
    Packs {
        title hint name articles processes rules in_force nothing parts
    }
}

section! {
    Search {
        title words words_hint find nothing nothing_next call
        place anywhere cases more_cases
    }
}

section! {
    Services {
        title hint all resident firm both audience name channels time fee empty call online window phone agent free yuan
        facts result not_online materials no_materials held must need_not it_depends may_i may_hint check yes no unknown
        unknown_at_all may may_not not_kept
    }
}

section! {
    Board {
        rotate next_in stay play stop to_alarms alarms_open alarms_raised alarms_ended alarms_hint alarms_which
        alarms_none alarms_since measured repeated
        title hint none none_next looks to_wall to_desk to_night to_day back_at back_hint earlier later to_now offline
        figures close opened_none what beyond more open_then decide decide_none total all_open map layers all_layers
        whole legend_case no_map schematic approval feeds newest no_data fresh late never on_watch since shift nobody
        nobody_next take_watch back back_what back_go table layer announced several described place number
        stage who due case_page source_page state
        changes changes_hint changes_from changes_to changes_summary changes_none changes_open changes_begun changes_ended changes_no_case shifts shifts_hint shifts_words shifts_part shifts_none shift_now shift_empty pin pin_not
        changes_more
    }
}

section! {
    Inbox {
        hint keys tabs tab_mine tab_all tab_closed figures figure_red figure_yellow figure_today
        figure_all left number matter about stage due who you no_clock kinds kinds_all empty_mine empty_mine_next
        empty_all empty_all_next empty_closed empty_closed_next empty_filtered empty_filtered_next kept keep_as keep keep_not choose
        several several_hint several_title several_back several_chosen several_done several_one several_not several_none
        several_none_next several_nothing
    }
}

section! {
    Case {
        package package_archive package_closed package_open package_about
        notice_done notice_overtaken notice_overtaken_next kept receipt owner no_owner due stages
        stage_passed stage_current stage_ahead stage_skipped stage_ready ends statutory promised shelved facts
        restricted place factor limit values interval quality packet acts personal to_form acts_none acts_closed
        leads_to reason opinion required optional measured others act role why_not trail corrects_entry voids_entry
        corrected_by voided_by taken photo document earlier next
    }
    numbers { bounces reopened }
}

section! {
    Form {
        photos photo_instead documents files files_again assignment assignment_of corrects corrects_which
        corrects_choose corrects_hint corrects_of void_warning reference nothing_to_choose
    }
}

section! {
    Standing {
        tasks lead co_handler since task_waiting task_open task_claimed task_done task_dropped family parent_part
        parent_appeal parent_linked part appeal linked family_open family_closed family_more away away_number
        away_no_number away_by_hand away_waits away_taking away_took away_of_clock
    }
}

section! {
    Begin {
        title hint empty empty_next what who error_title about find find_button found_none found_more next first
        times time time_of submit not_begun
        about_this
    }
}

section! {
    Import {
        title hint empty empty_next what into due key form time owner hourly daily manual file_title file_hint file
        list try_it how column attribute unit rows entities new corrected known trial_done trial_nothing done nothing take
        receipts found found_none line name seen more preview error_title fetch fetch_hint runs runs_none run_at run_by
        place place_of creates creates_what ticket_when run_state state_taken state_undone state_failed undo undo_hint undone
    }
}

section! {
    Found {
        unknown ambiguous has_device dead stuck moved gap conflict duplicate empty_row part_row unreadable out_of_range
        no_time ahead no_key width
    }
}

section! {
    Deadline {
        title rule counted day from_to amount due so_far stopped skipped pauses until_now basis calendars
    }
}

section! {
    Source {
        factors stale fresh fresh_now stale_next open_case empty empty_next last last_none limit limit_source
        limit_dates limit_none day latest chart_title chart_limit summary summary_latest summary_highest legend_valid
        legend_ok legend_over legend_no legend_gap table csv interval over within quality missing received
        packet
        editions raw raw_is cleaned cleaned_is audited audited_is doubt_range
        hours look_back look_back_hint doubt_stuck doubt_spike audit audit_hint audit_without audit_opinion audit_send
        compare compare_with compare_go compare_none compare_alone
    }
}

section! {
    Air { level_1 level_2 level_3 level_4 level_5 level_6 primary none unaudited }
}

section! {
    Sources {
        hint empty empty_next sort by_name by_age name place state last age case state_normal
        state_over state_not_valid state_silent state_never
    }
}

section! {
    Data {
        follow fault title hint search find every empty empty_next name sharing open shared restricted size rows fresh never age
        hourly daily on_change late programs about owner basis licence span days take curl quality columns
        column meaning unit preview preview_none closed column_id column_observed column_flag column_edition
        as_of charts charts_hint versions known version
        ask ask_how ask_share
    }
}

section! {
    Ordinance {
        title hint empty column article duties served packs none demo capability prove operation cases no_cases
        outcome no_outcome beside find table
        on as_of unknown_then as_now
    }
}

section! {
    Receipt {
        title sentence_kept sentence_pending sentence_voided epoch_voided epoch_entry what who when
        act ground by_power cause case packet recorded recorded_none sealed sealed_hint erased erased_hint
        check check_hint download steps step_leaf step_path path_none path_left path_right step_root
        step_head step_key
        code
    }
}

section! {
    Verify {
        lead paste submit valid valid_more not_valid not_valid_more voided voided_more contradicted contradicted_more open steps
        step_form step_leaf step_items step_openings step_head step_scope step_inclusion state_held
        report state_failed state_unreached key_title key_hint offline
    }
}

section! {
    Message {
        refused_title refused instead not_found_title not_found not_found_next failed_title failed
        failed_next failed_number failed_call signed_out_title signed_out expired_title expired
        sign_in_again home
    }
}

section! {
    Document {
        list lead count number kind none none_next paper pdf seal chain step who at not_yet issued_as numbered see_draft
        draft unsealed translation service service_not_yet service_certificate service_paper service_to service_line service_by
        service_signed service_refused service_received service_unsigned no_issuer no_number blank to day verify pdf_what pdf_because pdf_next
    }
}

section! {
    Register {
        title lead none kind count find find_it nothing all name csv series as_of as_of_shown look_back now facts not_yet what
        value since entries edit edit_hint ground ground_hint ground_missing save unchanged others by_other by_feed by_process by_rule
        was merge merge_hint merge_other merge_which merge_go merged apart
    }
}

section! {
    Audit {
        title checked whole broken broken_next leads leads_hint leads_none acts by about about_hint why for_case all
        of_personal of_people of_definitions of_data unknown nothing further personal personal_link personal_lead
        personal_none which sealed reason show tick_one
        found explain refer explained referred
    }
}

section! {
    Definition {
        title lead activations in_force limits limits_hint try_it propose propose_hint text from to check_and_try put
        says versions again gone now outcome faulty same differences stay nothing_to_try case after was would thing
        window replayed not_all judged beginning end told allowed stands_still nobody_told no_level urgent_hours
        working_hours working_days calendar_days months
        run_scenarios scenarios_hint scenarios_none scenarios scenarios_held scenario_held scenario_failed scenarios_not
    }
}

section! {
    Design {
        title lead colours lights red yellow green grey aqi brand text text_lead text_body text_hint tag forms
        forms_how field field_wrong wrong pick one other choose long main quiet tables tables_how thing states empty
        empty_next stale partial refused good loading rules rule_1 rule_2 rule_3 rule_4
    }
}

section! {
    People {
        title lead all with_account without_role ending ending_none register find role roles any_role nobody name
        until closed no_roles open_end open open_hint login_hint name_zh name_en done handover handover_hint grant
        choose place place_hint only only_hint from to to_hint state holds ahead over end end_hint account password
        password_hint reopen close close_hint entries own own_hint change change_hint changed old new new_hint again
        differs wait
    }
}

section! {
    Status {
        title lead days begun size version down down_none from to minutes restored restored_none after heads heads_hint
        heads_none signed root contact down_from_to
        drill drill_good drill_bad drill_none drill_go drill_hint
        backed_up backed_up_at backed_up_none key key_since_at key_hint key_none key_former key_last key_until key_receipt key_reason key_go key_go_hint
    }
}

section! {
    Packet {
        title lead source received standard receipt text masked findings values empty empty_next
        factor statistic when value unit flag
    }
}

section! {
    Show {
        and matter measured_on_site yes no reads_only withdrawn withdrawn_hour item series received
        values from_stage to_stage reason measurement exceeded told
    }
}

section! {
    Paper {
        addressee body case document issued issuer last place series served signed title word year
    }
}

section! {
    Powers {
        audit erase define order audit_series context accounts grants
    }
}

section! {
    Acts {
        platform open begin link part_closed part_opened tell told told_many ring reminded raised withdraw withdrawn observe import tick
        register activate open_log notify alert retain reveal erase restore run undo audit_series order set clear
        reveal_refused context migrate open_account set_password close_account grant end_grant
        merge take_apart
        try_restore rotate_key
        judge_lead
    }
}

section! {
    Counting {
        first_day weekend holiday holiday_by_notice paused outside_hours no_hours hours hours_of_day by_notice
        principle carried cut provisional
    }
}

section! {
    Csv {
        start end value unit flag limit over entry mean least most percentile count expected enough
    }
}

section! {
    Refused {
        what what_form back not_done because_account because_role because_same_person because_stage
        because_no_act because_opinion because_measurement because_not_a_number because_reason
        because_clock_paused because_clock_runs because_clock_absent because_overtaken
        because_dropped because_erased because_busy because_form because_form_token because_used because_too_large
        field_missing field_kind field_choice field_long no_such_field task_first task_not_yours task_unclaimed
        task_none_open task_which what_begin only_role
        not_here next_fill next_look next_role next_same_person next_dropped next_erased next_again next_form
    }
}
