// The rules of the posyandu, as the server has them (posyandu/growth, contacts.py, sounds.py): same data, same numbers. Without
// signal the phone judges by these; tests/browser compare both on many children.
(function (root) {
  "use strict";
  const DAYS_OF_MONTH = 30.4375, HEIGHT_FROM_DAY = 731, LAST_DAY = 1856, WFL_FROM = 450, WFL_TO = 1200;

  const PLAUSIBLE = { zwei: [-6, 5], zlen: [-6, 6], zwfl: [-5, 5], zbmi: [-5, 5], zhc: [-5, 5] };

  // --- days and ages. A day is "YYYY-MM-DD".
  const number = (day) => Date.UTC(+day.slice(0, 4), +day.slice(5, 7) - 1, +day.slice(8, 10)) / 86400000;
  const daysBetween = (from, to) => number(to) - number(from);
  function monthsBetween(born, day) {
    const months = (+day.slice(0, 4) - +born.slice(0, 4)) * 12 + +day.slice(5, 7) - +born.slice(5, 7);
    return months - (+day.slice(8, 10) < +born.slice(8, 10) ? 1 : 0);
  }
  const monthIndex = (day) => +day.slice(0, 4) * 12 + +day.slice(5, 7);

  // --- z-scores (WHO 2006). Two decimals by the exact binary value, ties to even, as Python and R round.
  function round2(z) {
    if (!Number.isFinite(z)) return null;
    const size = Math.abs(z), whole = Math.floor(size * 100);
    let text = size.toFixed(2);
    if (Number.isInteger(size * 8) && size * 100 - whole === 0.5) text = ((whole % 2 ? whole + 1 : whole) / 100).toFixed(2);
    const found = Number(text);
    return z < 0 && found ? -found : found;
  }
  const at = (z, l, m, s) => m * Math.pow(1 + l * s * z, 1 / l);
  function lmsZ(y, l, m, s, restricted) {
    if (!(y > 0)) return NaN;
    const z = (Math.pow(y / m, l) - 1) / (l * s);
    if (!restricted || !(Math.abs(z) > 3)) return z;
    const sign = Math.sign(z), sd3 = at(sign * 3, l, m, s);
    return sign * 3 + (y - sd3) / Math.abs(sd3 - at(sign * 2, l, m, s));
  }
  function byDay(table, sex, day, y, restricted) {
    const row = sex === "M" ? 1 : 0, l = table.l[row][day];
    return l === null || l === undefined ? null : round2(lmsZ(y, l, table.m[row][day], table.s[row][day], restricted));
  }
  function scores(lms, child) {
    // child: sex, age (days), weight (kg), height (cm or null), measure ("L", "H", ""), oedema, head (cm or null)
    const months = child.age / DAYS_OF_MONTH, young = child.age < HEIGHT_FROM_DAY;
    const inRange = child.age >= 0 && child.age <= LAST_DAY && months < 60;
    const standing = child.measure === "H" && !(months < 9), lying = child.measure === "L";
    let height = child.height === null || child.height === undefined ? NaN : child.height;
    if (young && standing) height += 0.7;
    if (!young && lying) height -= 0.7;
    const weight = child.weight === null || child.weight === undefined ? NaN : child.weight, meter = height / 100;
    const found = {
      zlen: inRange ? byDay(lms.length_height_for_age, child.sex, child.age, height, false) : null,
      zwei: inRange && !child.oedema ? byDay(lms.weight_for_age, child.sex, child.age, weight, true) : null,
      zbmi: inRange && !child.oedema ? byDay(lms.bmi_for_age, child.sex, child.age, weight / (meter * meter), true) : null,
      zhc: inRange ? byDay(lms.head_circumference_for_age, child.sex, child.age, child.head > 0 ? child.head : NaN, false) : null,
      zwfl: null,
    };
    if (!child.oedema && child.age >= 0 && months < 60) found.zwfl = forLength(lms, child.sex, young, weight, height);
    // in the order of ODD in posyandu/visits.py: each has its own question
    found.odd = Object.entries(PLAUSIBLE).filter(([name, [low, high]]) => found[name] !== null && (found[name] < low || found[name] > high)).map(([name]) => name);
    found.implausible = found.odd.length > 0;
    return found;
  }
  function forLength(lms, sex, lying, weight, height) {
    if (!(height >= (lying ? 45 : 65) && height <= (lying ? 110 : 120))) return null;
    const table = lying ? lms.weight_for_length : lms.weight_for_height, row = sex === "M" ? 1 : 0;
    const low = Math.trunc(height * 10), high = Math.trunc(height * 10 + 1), share = (height - low / 10) / 0.1;
    const first = Math.min(Math.max(low - WFL_FROM, 0), WFL_TO - WFL_FROM), after = Math.min(Math.max(high - WFL_FROM, 0), WFL_TO - WFL_FROM + 1);
    const value = (part) => {
      const lower = table[part][row][first];
      if (!(share > 0)) return lower;
      const upper = table[part][row][after];
      return upper === null ? NaN : lower + share * (upper - lower);
    };
    return round2(lmsZ(weight, value("l"), value("m"), value("s"), true));
  }
  function schoolBmi(lms, sex, days, bmi) { // WHO 2007
    const table = lms.bmi_2007, row = sex === "M" ? 1 : 0, months = days / DAYS_OF_MONTH, last = 61 + table.m[row].length - 1;
    if (!(months >= 61 && months < last + 1)) return null;
    const low = Math.floor(months), share = months - low, first = low - 61, after = Math.min(low - 60, last - 61);
    const value = (part) => table[part][row][first] + share * (table[part][row][after] - table[part][row][first]);
    return round2(lmsZ(bmi, value("l"), value("m"), value("s"), true));
  }

  // --- labels, arm, and how the weight moved
  function label(limits, index, z, months) {
    if (z === null || z === undefined) return null;
    for (const one of limits) {
      const [of, from, to, above, includes] = one;
      if (of !== index || months < from || months >= to) continue;
      if (above === null || z > above || (includes && z === above)) return { id: one[5], en: one[6], tone: one[7], refer: one[8] };
    }
    return null;
  }
  const arm = (cm, months) => (!cm || months < 6 || months >= 60 ? null : cm < 11.5 ? "severe" : cm < 12.5 ? "moderate" : "good");
  function status(gains, sex, months, now, before) { // now, before: {day, grams, z}; before is of an earlier month, or null
    if (!before) return "B";
    if (monthIndex(now.day) - monthIndex(before.day) !== 1) return "O";
    const gain = now.grams - before.grams, minimum = gains.find((one) => one[0] === sex && one[1] === months);
    if (minimum && gain >= minimum[2]) return "N";
    return gain > 0 && before.z !== null && now.z !== null && now.z >= before.z ? "N" : "T";
  }

  // --- forms: conditions in three values, as posyandu/conditions.py; null is unknown
  const OPERATORS = {
    "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b, "=": (a, b) => a === b, "!=": (a, b) => a !== b,
    in: (a, b) => b.includes(a),
  };
  const given = (value) => value !== undefined && value !== null && value !== "";
  class Between { constructor(low, high) { this.low = low; this.high = high; } }
  function one(condition, values) {
    if (condition[0] === "any") {
      const parts = condition[1].map((part) => one(part, values));
      return parts.includes(true) ? true : parts.includes(null) ? null : false;
    }
    const [code, sign, wanted] = condition, value = values[code];
    if (sign === "unknown") return !given(value) || value instanceof Between;
    if (!given(value)) return null;
    if (value instanceof Between) {
      const low = OPERATORS[sign](value.low, wanted), high = OPERATORS[sign](value.high, wanted);
      return low !== high || (["=", "!=", "in"].includes(sign) && value.low !== value.high) ? null : low;
    }
    if (typeof wanted === "number" && typeof value !== "number") return null;
    return OPERATORS[sign](value, wanted);
  }
  function truth(conditions, values) {
    let found = true;
    for (const condition of conditions) {
      const is = one(condition, values);
      if (is === false) return false;
      if (is === null) found = null;
    }
    return found;
  }
  const holds = (conditions, values) => truth(conditions, values) === true;
  function judge(list, values) { // {found: of each kind the first rule that holds, open: kinds that could not be judged to the end}
    const done = new Set(), doubt = new Set(), found = [];
    for (const rule of list) {
      if (done.has(rule.group)) continue;
      const is = truth(rule.when, values);
      if (is === true && !(doubt.has(rule.group) && rule.tone === "good")) { found.push(rule); done.add(rule.group); }
      else if (is !== false) doubt.add(rule.group);
    }
    return { found, open: [...doubt] };
  }
  const firstOfEachKind = (list, values) => judge(list, values).found;
  const OF_PERSON = new Set(["age_days", "age_months", "age_years", "sex"]);
  const codesOf = (conditions) => conditions.flatMap((condition) => (condition[0] === "any" ? codesOf(condition[1]) : [condition[0]]));
  function neededFor(codes, derived) {
    const made = {};
    for (const rule of derived) if (rule.formula !== "earlier") made[rule.code] = rule.of.map((item) => (Array.isArray(item) ? item[0] : item));
    if (made.weeks) made.trimester = made.weeks;
    return new Set(codes.flatMap((code) => (made[code] || [code])).filter((code) => !OF_PERSON.has(code)));
  }
  const rounded = (value, decimals) => Math.floor(value * Math.pow(10, decimals) + 0.5) / Math.pow(10, decimals);
  const bmiOf = (weight, height) => { const metres = height / 100; return weight / (metres * metres); };
  const WEEKS_KNOWN = 45;
  function derive(form, values, day, lms, asked, earlier) { // exact; Between where only some of what is counted was answered
    const found = {};
    for (const rule of form.derived) {
      const known = { ...values, ...found };
      if (rule.formula === "earlier") {
        for (const code of rule.of) if (!given(known[code]) && earlier && given(earlier[code])) found[code] = earlier[code];
        continue;
      }
      const codes = rule.of.map((item) => (Array.isArray(item) ? item[0] : item)), have = codes.map((code) => known[code]).filter(given);
      const missing = codes.filter((code) => !given(known[code]) && asked(code)), whole = ["bmi", "zbmi", "sum", "weeks"].includes(rule.formula) || rule.complete;
      if (!have.length || (whole && have.length < codes.length)) continue;
      const counted = (n, more) => (missing.length ? new Between(n, n + more) : n);
      if (rule.formula === "bmi") found[rule.code] = bmiOf(have[0], have[1]);
      else if (rule.formula === "zbmi") {
        const z = schoolBmi(lms, known.sex, known.age_days, bmiOf(have[0], have[1]));
        if (z !== null) found[rule.code] = z;
      } else if (rule.formula === "weeks") {
        const weeks = Math.floor(daysBetween(have[0], day) / 7);
        if (weeks >= 0 && weeks <= WEEKS_KNOWN) { found[rule.code] = weeks; found.trimester = weeks < 13 ? 1 : weeks < 28 ? 2 : 3; }
      } else if (rule.formula === "count") found[rule.code] = counted(have.filter((value) => value === "yes").length, missing.length);
      else if (rule.formula === "count_no") found[rule.code] = counted(have.filter((value) => value === "no").length, missing.length);
      else if (rule.formula === "sum") found[rule.code] = have.reduce((sum, value) => sum + value, 0);
      else if (rule.formula === "points") {
        const points = rule.of.reduce((sum, item) => sum + (known[item[0]] === (item[2] || "yes") ? item[1] : 0), rule.base || 0);
        found[rule.code] = counted(points, rule.of.reduce((sum, item) => sum + (missing.includes(item[0]) ? item[1] : 0), 0));
      }
    }
    return found;
  }
  const kept = (derived) => Object.fromEntries(Object.entries(derived).filter((entry) => !(entry[1] instanceof Between)).map(([code, value]) => [code, code === "bmi" ? rounded(value, 2) : value]));
  function workOut(form, known, answers, day, lms, earlier) {
    const said = { ...known, ...answers }, asked = new Set(form.questions.filter((question) => truth(question.when, said) !== false).map((question) => question.code));
    const found = derive(form, said, day, lms, (code) => asked.has(code), earlier), values = { ...said, ...found }, judged = judge(form.findings, values), unjudged = new Set();
    for (const group of judged.open) {
      const needed = neededFor(form.findings.filter((rule) => rule.group === group).flatMap((rule) => codesOf(rule.when)), form.derived);
      if (![...needed].some((code) => given(answers[code]))) continue;
      for (const question of form.questions) if (needed.has(question.code) && asked.has(question.code) && !given(values[question.code])) unjudged.add(question.code);
    }
    return { derived: kept(found), findings: judged.found, unjudged: [...unjudged] };
  }
  // what an earlier visit knows; `known`: by code [value, day], `visit`: the last one kept on this phone
  function earlierAnswers(form, known, visit, day) {
    const found = {};
    for (const rule of form.derived) if (rule.formula === "earlier") for (const code of rule.of) {
      let [value, on] = (known || {})[code] || [];
      if (visit && visit.day < day && given(visit.answers[code]) && (!on || visit.day >= on)) [value, on] = [visit.answers[code], visit.day];
      if (given(value) && on < day && daysBetween(on, day) <= rule.days && (!rule.values || rule.values.includes(value))) found[code] = value;
    }
    return found;
  }
  function basics(person, day) {
    const months = monthsBetween(person.born, day);
    return { age_days: daysBetween(person.born, day), age_months: months, age_years: Math.floor(months / 12), sex: person.sex };
  }
  function formsFor(forms, person, day) {
    const months = monthsBetween(person.born, day);
    const fitting = forms.filter((form) => form.months_from <= months && months < form.months_to && ["", person.sex].includes(form.sex));
    return [...fitting.filter((form) => !form.condition), ...fitting.filter((form) => form.condition)];
  }
  // what the findings about a weighing are judged by: as posyandu/judging.py
  const growthValues = (person, day, mine, z, status, twice) => ({ ...basics(person, day), ...z, muac: mine.muac, oedema: mine.oedema ? "yes" : "no", status, twice: twice ? "yes" : "no" });
  // as judge_growth() in posyandu/judging.py: findings, labels, and why a weighing asks for a referral, by key
  const LABELLED = { wasting: "zwfl", length: "zlen", weight: "zwei" };
  function growthJudgement(packed, person, mine, z, status, twice, day) {
    const months = monthsBetween(person.born, day), found = firstOfEachKind(packed.growth || [], growthValues(person, day, mine, z, status, twice));
    const labels = ["zwei", "zlen", "zwfl"].map((name) => [name, label(packed.limits, name, z[name], months)]), ofArm = arm(mine.muac, months);
    const red = z.zwei !== null && z.zwei < -3, orange = z.zwei !== null && z.zwei > 1, reasons = new Map();
    const add = (key, what) => { if (!reasons.has(key)) reasons.set(key, what); };
    if (mine.oedema) add("oedema", { text: "oedema" });
    if (twice || status === "T") add("gain", { text: twice ? "TT_short" : "T_short" });
    for (const [name, one] of labels) if (one && one.refer) add(name, { label: one });
    if (ofArm && ofArm !== "good") add("arm", { text: `arm_${ofArm}` });
    for (const rule of found) if (rule.refer) add(LABELLED[rule.group] || rule.group, { rule });
    if (red || orange) add("zwei", { text: red ? "red" : "orange" });
    return { found, labels, arm: ofArm, red, orange, reasons: [...reasons], refer: reasons.size > 0, urgent: found.some((rule) => rule.urgent) };
  }
  // answers as typed -> what they come to; the texts of what is wrong are the page's
  function examine(form, person, day, typed, lms, before, earlier) {
    const known = basics(person, day), answers = {}, errors = {}, unusual = [];
    for (const question of form.questions) {
      if (!holds(question.when, { ...known, ...answers })) continue;
      const text = String(typed[question.code] === undefined || typed[question.code] === null ? "" : typed[question.code]).trim();
      if (!text) { if (question.is_required) errors[question.code] = ["required"]; continue; }
      if (question.kind === "number") {
        const value = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/.test(text) ? Number(text.replace(",", ".")) : NaN;
        if (!Number.isFinite(value)) errors[question.code] = ["number"];
        else if ((question.least !== null && value < question.least) || (question.most !== null && value > question.most)) errors[question.code] = ["range", question.least, question.most, question.unit];
        else {
          answers[question.code] = value;
          if ((question.low !== null && value < question.low) || (question.high !== null && value > question.high)) unusual.push([question, value, null]);
          const last = before && before.answers[question.code], share = { weight: 0.15, height: 0.05, waist: 0.2, muac: 0.15 }[question.code];
          if (share && typeof last === "number" && last && Math.abs(answers[question.code] - last) > share * last) unusual.push([question, value, last]);
        }
      } else if (question.kind === "yesno") {
        if (["yes", "no"].includes(text)) answers[question.code] = text; else errors[question.code] = ["choice"];
      } else if (question.kind === "choice") {
        const chosen = question.choices.find((choice) => String(choice[0]) === text);
        if (chosen) answers[question.code] = chosen[0]; else errors[question.code] = ["choice"];
      } else if (question.kind === "date") {
        if (!/^\d{4}-\d\d-\d\d$/.test(text)) errors[question.code] = ["date"];
        else if (text > day) errors[question.code] = ["late"];
        else answers[question.code] = text;
      } else answers[question.code] = text.slice(0, 500);
    }
    for (const rule of form.derived) if (rule.formula === "weeks" && answers[rule.of[0]] && daysBetween(answers[rule.of[0]], day) >= (WEEKS_KNOWN + 1) * 7) unusual.push([form.questions.find((question) => question.code === rule.of[0]), answers[rule.of[0]], "weeks"]);
    return { answers, errors, unusual, ...workOut(form, known, answers, day, lms, earlier) };
  }

  // --- immunisation and vitamins: as posyandu/schedules.py. items: those of the region, with cohort, days in force, what they credit;
  // had: [[code, day], …]; slots: by code [series, dose, codes that it credits], also of rows that are given no more
  function plus(day, days) { return new Date((number(day) + days) * 86400000).toISOString().slice(0, 10); }
  const GRACE = 30, USUAL_INTERVAL = 28;
  const particular = (item) => [Math.max(0, ...(item.regions || []).map((code) => code.length)), item.born_from || "", item.valid_from || ""];
  const isMore = (a, b) => { for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return a[n] > b[n]; return false; };
  function ownSchedule(items, person, day) {
    const best = new Map();
    for (const item of items) {
      if (item.sex && item.sex !== person.sex) continue;
      if ((item.born_from && person.born < item.born_from) || (item.born_until && person.born > item.born_until)) continue;
      if ((item.valid_from && day < item.valid_from) || (item.valid_until && day > item.valid_until)) continue;
      const slot = item.series ? `${item.series}:${item.dose}` : item.code, there = best.get(slot);
      if (!there || isMore(particular(item), particular(there))) best.set(slot, item);
    }
    return [...best.values()].sort((a, b) => (a.position === undefined ? 0 : a.position - b.position || (a.code < b.code ? -1 : 1)));
  }
  function monthAtSchool(item, due) {
    for (let step = 0; step < 12; step++) {
      const month = +due.slice(0, 4) * 12 + +due.slice(5, 7) - 1 + step, first = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}-01`;
      if (item.months.includes((month % 12) + 1)) return first > due ? first : due;
    }
    return due;
  }
  function lines(items, person, day, had, slots) {
    const found = [], states = {}, given = {}, doses = [], ageDays = daysBetween(person.born, day), chosen = ownSchedule(items, person, day), gaps = {};
    const slotOf = (code) => { // a pack loaded before the portal told of slots has none
      const item = items.find((one) => one.code === code) || {};
      return (slots && slots[code]) || [item.series || "", item.dose, item.credits || []];
    };
    for (const [code, on] of [...had].sort((a, b) => (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0))) {
      const [, , credits] = slotOf(code);
      for (const one of [code, ...credits.filter((credited) => items.some((item) => item.code === credited))]) {
        const [series, dose] = slotOf(one);
        if (!series) continue;
        doses.push({ on, series, dose });
        if (!given[`${series}:${dose}`]) given[`${series}:${dose}`] = { on, code };
      }
    }
    for (const item of chosen) if (item.series) gaps[`${item.series}:${item.dose}`] = item.after_days;
    const gap = (series, dose) => (gaps[`${series}:${dose}`] === undefined ? USUAL_INTERVAL : gaps[`${series}:${dose}`]);
    const covered = new Set(chosen.flatMap((item) => { const one = given[`${item.series}:${item.dose}`]; return one ? slotOf(one.code)[2] : item.credits || []; }));
    const byDay = (due) => (day < due ? "soon" : daysBetween(due, day) > GRACE ? "late" : "due");
    for (const slot in given) states[slot] = "given";
    for (const item of chosen) {
      if (covered.has(item.code)) continue;
      const mine = had.filter((one) => one[0] === item.code).map((one) => one[1]).sort(), slot = `${item.series}:${item.dose}`;
      let state, on = null;
      if (item.every_days) {
        const month = +day.slice(5, 7), last = mine[mine.length - 1];
        if (ageDays < item.from_days || ageDays > item.until_days) state = "soon";
        else if (last && daysBetween(last, day) < item.every_days) { state = "given"; on = last; }
        else if (!item.months.length || item.months.includes(month)) { state = "due"; on = day; }
        else if (item.months.includes(((month + 10) % 12) + 1)) { state = "late"; on = day; }
        else state = "soon";
        if (state === "soon") continue;
      } else if (item.series ? given[slot] : mine.length) { state = "given"; on = item.series ? given[slot].on : mine[0]; }
      else {
        on = plus(person.born, item.from_days);
        const last = plus(person.born, item.until_days);
        if (day > last) { state = "missed"; on = last; }
        else if (item.at_school) { state = day < on ? "soon" : "school"; on = monthAtSchool(item, on); }
        else if (!item.series) state = byDay(on);
        else {
          for (const one of doses) if (one.series === item.series && one.dose !== item.dose) {
            let apart = 0;
            if (one.dose < item.dose) for (let dose = one.dose + 1; dose <= item.dose; dose++) apart += gap(item.series, dose);
            else apart = gap(item.series, Math.max(item.dose, 2));
            const free = plus(one.on, apart);
            if (free > on) on = free;
          }
          const before = states[`${item.series}:${item.dose - 1}`] || "given";
          if (before === "missed" || on > last) { state = "missed"; on = last; }
          else if (before !== "given") state = day < on ? "soon" : "waits";
          else state = byDay(on);
        }
      }
      if (item.series && !item.every_days) states[slot] = state;
      found.push({ item, state, on });
    }
    return found;
  }

  // as Campaign.fits
  function inCampaign(campaign, person, day) {
    const age = daysBetween(person.born, day);
    return campaign.first <= day && day <= campaign.last && campaign.from_days <= age && age <= campaign.until_days && ["", person.sex].includes(campaign.sex);
  }

  // --- names as they sound
  const TITLES = new Set("lalu l baiq bq lale dende raden rd gusti ida ni i haji hajah h hj an by bayi ny tn bin binti".split(" "));
  const SHORT = {};
  for (const [full, many] of [["muhamad", "m md moh mochamad muh mhd moch"], ["abdul", "abd"], ["siti", "st sitti"]]) for (const short of many.split(" ")) SHORT[short] = full;
  const OLD = [["dj", "j"], ["tj", "c"], ["nj", "ny"], ["sj", "sy"], ["oe", "u"], ["ch", "k"], ["kh", "k"], ["gh", "g"], ["dh", "d"], ["th", "t"], ["sy", "s"], ["ph", "p"], ["x", "ks"]];
  const LETTERS = { q: "k", f: "p", v: "p", z: "s", j: "s", o: "u", e: "i", y: "i", w: "u" };
  function soundOf(name) {
    const plain = name.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase().replace(/['`]/g, "");
    const words = plain.match(/[a-z]+|\d+/g) || [], kept = words.filter((word) => !TITLES.has(word));
    return (kept.length ? kept : words).map((word) => {
      word = SHORT[word] || word;
      for (const [old, now] of OLD) word = word.split(old).join(now);
      word = word.replace(/[a-z]/g, (letter) => LETTERS[letter] || letter).replace(/(?!^)h/g, "").replace(/([a-z])\1+/g, "$1");
      return ["muamid", "mukamad", "muamit"].includes(word) ? "muamad" : word;
    }).join(" ").slice(0, 120);
  }

  root.posyanduRules = { scores, lmsZ, round2, at, label, arm, status, holds, truth, judge, derive, examine, workOut, earlierAnswers, firstOfEachKind, growthValues, growthJudgement, WEEKS_KNOWN, formsFor, basics, monthsBetween, monthIndex, daysBetween, soundOf, schoolBmi, lines, inCampaign };
})(typeof window === "undefined" ? self : window);
