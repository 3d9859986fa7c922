import { describe, expect, it } from "vitest";
import { answersOf } from "./newAnswers";

const today = "2030-01-31";
const given = { owner: "ada@example.com", purpose: "Says how late a train will be" };

describe("what no flag says", () => {
  it("has a default", async () => {
    expect(await answersOf("late-trains", { purpose: given.purpose }, { today, email: given.owner })).toEqual(
      {
        name: "late-trains",
        template: "classification",
        ...given,
        team: "late-trains",
        dataClassification: "internal",
        riskClass: "limited",
        reviewBy: "2031-01-31",
        ownData: false,
      },
    );
  });

  it("is asked for on a terminal, and only what must be", async () => {
    const asked: [string, string | undefined][] = [];
    const ask = async (question: string, fallback?: string) => {
      asked.push([question, fallback]);
      return fallback ?? given.purpose;
    };
    const answers = await answersOf("late-trains", {}, { today, ask, email: given.owner });
    expect([answers.owner, answers.purpose]).toEqual([given.owner, given.purpose]);
    expect(asked).toEqual([
      ["E-mail of who answers for it", given.owner],
      ["What it is for, in a line", undefined],
    ]);
    await answersOf("late-trains", given, { today, ask });
    expect(asked).toHaveLength(2);
  });
});

describe("a wrong answer", () => {
  it.each([
    [{ owner: undefined }, /--owner is not set: set it to an e-mail address/],
    [{ owner: "ada" }, /--owner is "ada": set it to an e-mail address/],
    [{ purpose: undefined }, /--purpose is not set: say in a line of 10 to 200 characters what it is for/],
    [{ purpose: "two\nlines of text" }, /--purpose is "two\\nlines of text": say/],
    [{ template: "vision" }, /--template is "vision": set it to classification, regression, timeseries/],
    [{ team: "a: b" }, /--team is "a: b": use letters/],
    [{ dataClassification: "secret" }, /--data-classification is "secret": set it to public, internal/],
    [{ riskClass: "none" }, /--risk-class is "none": set it to minimal, limited, high/],
    [{ reviewBy: "2031-02-30" }, /--review-by is "2031-02-30": set it to a day to come, such as 2031-01-31/],
    [{ reviewBy: "2030-01-31" }, /--review-by is "2030-01-31": set it to a day to come/],
    [{ reviewBy: "soon" }, /--review-by is "soon": set it to a day to come/],
  ])("%o is refused", async (options, message) => {
    await expect(answersOf("late-trains", { ...given, ...options }, { today })).rejects.toThrow(message);
  });
});
