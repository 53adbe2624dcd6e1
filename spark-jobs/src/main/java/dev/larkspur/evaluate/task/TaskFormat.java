package dev.larkspur.evaluate.task;

import dev.larkspur.evaluate.task.Question.Choice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The published formats of tasks, and how the language model evaluation harness of EleutherAI asks
 * their questions. In the order in which they are told apart by their fields.
 */
public enum TaskFormat {
  /** HellaSwag (Zellers et al., arXiv 1905.07830): the likeliest of four endings. */
  HELLASWAG(List.of("ctx_a", "ctx_b", "activity_label", "endings")) {
    @Override
    Question question(TaskRecord line) {
      String context = line.text("ctx_a") + " " + capitalized(line.text("ctx_b"));
      List<String> endings =
          line.texts("endings").stream().map(TaskFormat::withoutWikiHowMarks).toList();
      return afterPrompt(
          line,
          withoutWikiHowMarks(line.text("activity_label") + ": " + context),
          endings,
          line.answer("label", 0, endings.size()));
    }
  },
  /** PIQA (Bisk et al., arXiv 1911.11641): the better of two ways to reach a goal. */
  PIQA(List.of("goal", "sol1", "sol2")) {
    @Override
    Question question(TaskRecord line) {
      return afterPrompt(
          line,
          "Question: " + line.text("goal") + "\nAnswer:",
          List.of(line.text("sol1"), line.text("sol2")),
          line.answer("label", 0, 2));
    }
  },
  /** WinoGrande (Sakaguchi et al., arXiv 1907.10641): what fills the gap, by partial evaluation. */
  WINOGRANDE(List.of("sentence", "option1", "option2")) {
    @Override
    Question question(TaskRecord line) {
      String sentence = line.text("sentence");
      int gap = sentence.indexOf('_');
      if (gap < 0) {
        throw line.wrong("sentence", "has no gap (_)");
      }
      String rest = " " + Whitespace.strip(sentence.substring(gap + 1));
      List<Choice> choices = new ArrayList<>();
      for (String option : List.of(line.text("option1"), line.text("option2"))) {
        choices.add(new Choice(sentence.substring(0, gap) + option, rest, option));
      }
      return new Question(line.place(), choices, line.answer("answer", 1, 2));
    }
  },
  /** SciQ (Welbl et al., arXiv 1707.06209): science questions with a supporting text. */
  SCIQ(List.of("question", "correct_answer", "distractor1", "distractor2", "distractor3")) {
    @Override
    Question question(TaskRecord line) {
      String support = line.has("support") ? Whitespace.withoutLeading(line.text("support")) : "";
      return afterPrompt(
          line,
          support + "\nQuestion: " + line.text("question") + "\nAnswer:",
          List.of(
              line.text("distractor1"),
              line.text("distractor2"),
              line.text("distractor3"),
              line.text("correct_answer")),
          3);
    }
  },
  /** ARC (Clark et al., arXiv 1803.05457): science questions of an exam. */
  ARC(List.of("question", "answerKey")) {
    @Override
    Question question(TaskRecord line) {
      // The authors' files have the choices as objects within the question; Parquet has two lists.
      boolean nested = line.fields().path("question").isObject();
      TaskRecord question = nested ? line.object("question") : line;
      List<String> texts;
      List<String> labels;
      if (question.fields().path("choices").isArray()) {
        List<TaskRecord> choices = question.objects("choices");
        texts = choices.stream().map(choice -> choice.text("text")).toList();
        labels = choices.stream().map(choice -> choice.text("label")).toList();
      } else {
        texts = question.object("choices").texts("text");
        labels = question.object("choices").texts("label");
      }
      String key = line.text("answerKey");
      if (labels.size() != texts.size() || !labels.contains(key)) {
        throw line.wrong("answerKey", "is \"%s\", and the choices are %s".formatted(key, labels));
      }
      String stem = nested ? question.text("stem") : line.text("question");
      return afterPrompt(line, "Question: " + stem + "\nAnswer:", texts, labels.indexOf(key));
    }
  },
  /** Larkspur's own, for any other question: several continuations of one context. */
  CHOICES(List.of("context", "choices", "answer")) {
    @Override
    Question question(TaskRecord line) {
      List<String> choices = line.texts("choices");
      return afterPrompt(
          line, line.text("context"), choices, line.answer("answer", 0, choices.size()));
    }
  },
  /** Larkspur's own: one continuation of several contexts. */
  CONTEXTS(List.of("contexts", "continuation", "answer")) {
    @Override
    Question question(TaskRecord line) {
      String continuation = " " + line.text("continuation");
      List<Choice> choices =
          line.texts("contexts").stream()
              .map(context -> new Choice(context, continuation, context))
              .toList();
      return new Question(line.place(), choices, line.answer("answer", 0, choices.size()));
    }
  },
  /** LAMBADA (Paperno et al., arXiv 1606.06031): the last word of a passage. */
  LAMBADA(List.of("text")) {
    @Override
    Question question(TaskRecord line) {
      String text = line.text("text");
      int space = text.lastIndexOf(' ');
      if (space < 0 || Whitespace.strip(text.substring(space)).isEmpty()) {
        throw line.wrong("text", "does not end with a word after a space");
      }
      String last = text.substring(space);
      return new Question(
          line.place(), List.of(new Choice(text.substring(0, space), last, last.strip())), 0);
    }
  };

  private static final Pattern BRACKETS = Pattern.compile("\\[.*?\\]", Pattern.UNIX_LINES);

  // A list of List.of does not change.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> fields;

  TaskFormat(List<String> fields) {
    this.fields = fields;
  }

  /** Reads a record of this format. */
  abstract Question question(TaskRecord line);

  /** The name on the command line and in results. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The fields by which it is known. */
  List<String> fields() {
    return fields;
  }

  /** The format that has these fields. */
  static Optional<TaskFormat> of(TaskRecord record) {
    return Arrays.stream(values())
        .filter(format -> format.fields.stream().allMatch(record::has))
        .findFirst();
  }

  private static Question afterPrompt(
      TaskRecord line, String prompt, List<String> choices, int answer) {
    return new Question(
        line.place(),
        IntStream.range(0, choices.size())
            .mapToObj(i -> new Choice(prompt, " " + choices.get(i), choices.get(i)))
            .toList(),
        answer);
  }

  private static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    return Character.toString(Character.toTitleCase(first))
        + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
  }

  /** Removes the marks that HellaSwag's texts from WikiHow have, as the harness does. */
  private static String withoutWikiHowMarks(String text) {
    String unmarked = Whitespace.strip(text).replace(" [title]", ". ");
    return BRACKETS.matcher(unmarked).replaceAll("").replace("  ", " ");
  }
}
