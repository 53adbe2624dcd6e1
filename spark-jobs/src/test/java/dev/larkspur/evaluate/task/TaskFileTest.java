package dev.larkspur.evaluate.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.evaluate.task.Question.Choice;
import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records as they are published, and the prompts that EleutherAI's harness makes of them. */
class TaskFileTest {
  @TempDir private Path directory;

  @Test
  void lambadaAsksForTheLastWord() throws IOException {
    Question question =
        only(
            "lambada.jsonl",
            "{\"text\": \"He took the  cup to the\\nkitchen.\", \"domain\": null}",
            TaskFormat.LAMBADA);
    assertThat(question.choices())
        .containsExactly(new Choice("He took the  cup to", " the\nkitchen.", "the\nkitchen."));
    assertThat(question.answer()).isZero();
  }

  @Test
  void hellaSwagLosesTheMarksOfWikiHow() throws IOException {
    String json =
        """
        {"ind": 14, "activity_label": "Wakeboarding", "ctx_a": "A man is [header] pulled. [title] Then", \
        "ctx_b": "HE falls", "ctx": "unused", "split": "val", "endings": ["swims  away [step] off.", \
        " sinks.", "", "a [x] b"], "label": "3"}
        """;
    Question question = only("hellaswag_val.jsonl", json, TaskFormat.HELLASWAG);
    // "is [header] pulled" leaves two spaces, of which replacing leaves one.
    String context = "Wakeboarding: A man is pulled.. Then He falls";
    assertThat(question.choices())
        .containsExactly(
            new Choice(context, " swims away off.", "swims away off."),
            new Choice(context, " sinks.", "sinks."),
            new Choice(context, " ", ""),
            new Choice(context, " a b", "a b"));
    assertThat(question.answer()).isEqualTo(3);
  }

  @Test
  void piqaHasItsLabelsBesideItOrInIt() throws IOException {
    String json = "{\"goal\": \"Boil an egg\", \"sol1\": \"Use water.\", \"sol2\": \"Use sand.\"";
    Path file = write("valid.jsonl", json + "}\n" + json + "}\n");
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("valid.jsonl, line 1: the field \"label\" is missing")
        .hasMessageContaining("valid-labels.lst: put the file of labels there");
    write("valid-labels.lst", "0\n");
    assertThatThrownBy(() -> read(file))
        .hasMessageContaining("has 1 labels, and ")
        .hasMessageContaining("2 questions: give the files of the same split");
    write("valid-labels.lst", "0\n1\n");
    List<Question> questions = read(file).questions();
    assertThat(questions).extracting(Question::answer).containsExactly(0, 1);
    assertThat(questions.get(1).choices())
        .containsExactly(
            new Choice("Question: Boil an egg\nAnswer:", " Use water.", "Use water."),
            new Choice("Question: Boil an egg\nAnswer:", " Use sand.", "Use sand."));
    assertThat(only("train.jsonl", json + ", \"label\": 1}", TaskFormat.PIQA).answer()).isOne();
  }

  @Test
  void arcIsReadAsItsAuthorsPublishItAndAsParquetHasIt() throws IOException {
    String choices =
        "[{\"text\": \"ice\", \"label\": \"A\"}, {\"text\": \"steam\", \"label\": \"B\"}]";
    Question own =
        only(
            "ARC-Easy-Test.jsonl",
            "{\"id\": \"M1\", \"question\": {\"stem\": \"What is hot?\", \"choices\": "
                + choices
                + "}, \"answerKey\": \"B\"}",
            TaskFormat.ARC);
    assertThat(own.choices())
        .extracting(Choice::context)
        .containsOnly("Question: What is hot?\nAnswer:");
    assertThat(own.choices()).extracting(Choice::continuation).containsExactly(" ice", " steam");
    assertThat(own.answer()).isOne();

    String file = parquetOfArc();
    TaskFile task = TaskFile.read(file, Optional.empty(), new Configuration());
    assertThat(task.format()).isEqualTo(TaskFormat.ARC);
    assertThat(task.name()).isEqualTo("test-00000-of-00001");
    assertThat(task.questions()).hasSize(1);
    assertThat(task.questions().get(0).choices()).isEqualTo(own.choices());
    assertThat(task.questions().get(0).answer()).isOne();
    assertThat(task.questions().get(0).place()).endsWith("test-00000-of-00001.parquet, row 1");
  }

  private String parquetOfArc() throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            """
            message schema {
              optional binary id (STRING);
              optional binary question (STRING);
              optional group choices {
                optional group text (LIST) { repeated group list { optional binary element (STRING); } }
                optional group label (LIST) { repeated group list { optional binary element (STRING); } }
              }
              optional binary answerKey (STRING);
            }
            """);
    Path file = directory.resolve("test-00000-of-00001.parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(schema)
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            .build()) {
      Group row = new SimpleGroupFactory(schema).newGroup();
      row.append("question", "What is hot?");
      Group choices = row.addGroup("choices");
      Group texts = choices.addGroup("text");
      Group labels = choices.addGroup("label");
      for (String text : List.of("ice", "steam")) {
        texts.addGroup("list").append("element", text);
      }
      for (String label : List.of("A", "B")) {
        labels.addGroup("list").append("element", label);
      }
      row.append("answerKey", "B");
      writer.write(row);
    }
    return file.toString();
  }

  @Test
  void winoGrandeComparesTheRestOfTheSentence() throws IOException {
    Question question =
        only(
            "dev.jsonl",
            "{\"qID\": \"3\", \"sentence\": \"Ann paid Bea because _ was rich.\", \"option1\":"
                + " \"Ann\", \"option2\": \"Bea\", \"answer\": \"1\"}",
            TaskFormat.WINOGRANDE);
    assertThat(question.choices())
        .containsExactly(
            new Choice("Ann paid Bea because Ann", " was rich.", "Ann"),
            new Choice("Ann paid Bea because Bea", " was rich.", "Bea"));
    assertThat(question.answer()).isZero();
    assertThat(question.hasDifferentContinuations()).isFalse();
    assertThat(question.solved()).isEqualTo("Ann paid Bea because Ann was rich.");
  }

  @Test
  void sciqIsOneJsonListAndHasItsAnswerLast() throws IOException {
    Path file =
        write(
            "test.json",
            """
            [
              {"question": "What melts?", "distractor3": "c", "distractor1": "a", "distractor2": "b",
               "correct_answer": "ice", "support": " \\u00a0Ice melts."},
              {"question": "Why?", "distractor3": "c", "distractor1": "a", "distractor2": "b",
               "correct_answer": "heat", "support": ""}
            ]
            """);
    TaskFile task = read(file);
    assertThat(task.format()).isEqualTo(TaskFormat.SCIQ);
    Question first = task.questions().get(0);
    assertThat(first.choices())
        .extracting(Choice::context)
        .containsOnly("Ice melts.\nQuestion: What melts?\nAnswer:");
    assertThat(first.choices()).extracting(Choice::text).containsExactly("a", "b", "c", "ice");
    assertThat(first.answer()).isEqualTo(3);
    assertThat(task.questions().get(1).choices().get(3).context())
        .isEqualTo("\nQuestion: Why?\nAnswer:");
  }

  @Test
  void ownQuestionsHaveChoicesOrContexts() throws IOException {
    Question choices =
        only(
            "a.jsonl",
            "{\"context\": \"One, two,\", \"choices\": [\"three\", \"nine\"], \"answer\": 0}",
            TaskFormat.CHOICES);
    assertThat(choices.choices())
        .containsExactly(
            new Choice("One, two,", " three", "three"), new Choice("One, two,", " nine", "nine"));
    Question contexts =
        only(
            "b.jsonl",
            "{\"contexts\": [\"A cat:\", \"A dog:\"], \"continuation\": \"it barks.\", \"answer\":"
                + " 1}",
            TaskFormat.CONTEXTS);
    assertThat(contexts.choices())
        .containsExactly(
            new Choice("A cat:", " it barks.", "A cat:"),
            new Choice("A dog:", " it barks.", "A dog:"));
    assertThat(contexts.answer()).isOne();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"goal": "g", "sol1": "a", "sol2": "b", "label": 2}         | the field "label" is 2, but must be 0 to 1
          {"goal": "g", "sol1": "a", "sol2": "b", "label": ""}        | "label" is empty: use the split that has answers
          {"goal": 1, "sol1": "a", "sol2": "b", "label": 1}           | the field "goal" is not a text but 1
          {"sentence": "s", "option1": "a", "option2": "b", "answer": "1"} | the field "sentence" has no gap (_)
          {"sentence": "s _", "option1": "a", "option2": "b"}         | the field "answer" is missing
          {"context": "c", "choices": ["one"], "answer": 0}           | "choices" is not a list of two or more texts
          {"context": "c", "choices": ["a", 2], "answer": 0}          | "choices" is not a list of two or more texts
          {"question": "q", "choices": {"text": ["a", "b"], "label": ["A", "B"]}, "answerKey": "C"} | "answerKey" is "C", and the choices are [A, B]
          {"text": "word"}                                            | the field "text" does not end with a word after a space
          {"content": "c"}                                            | the fields [content] are those of no known task: give --task-format
          {"text": "a b"                                              | is not valid JSON
          "text"                                                      | is not a JSON object
          """)
  void whatIsWrongIsNamed(String line, String message) throws IOException {
    Path file = write("bad.jsonl", "\n" + line + "\n");
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("bad.jsonl, line ")
        .hasMessageContaining(message);
  }

  @Test
  void aFileThatIsNoneIsNamed() throws IOException {
    assertThatThrownBy(() -> read(directory.resolve("none.jsonl")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("none.jsonl does not exist: correct --tasks");
    assertThatThrownBy(() -> read(directory)).hasMessageContaining("is a directory: name a file");
    assertThatThrownBy(() -> read(write("empty.jsonl", "\n")))
        .hasMessageContaining("empty.jsonl has no questions");
    assertThatThrownBy(() -> read(write("no.parquet", "PAR1 or not")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no.parquet cannot be read");
  }

  @Test
  void examplesAreDrawnFromTheOthersWithoutRepetition() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      lines.append(
          "{\"context\": \"Q%d:\", \"choices\": [\"no\", \"yes%d\"], \"answer\": 1}%n"
              .formatted(i, i));
    }
    TaskFile task = read(write("q.jsonl", lines.toString()));
    List<Question> asked = new FewShot(3, 1).before(task, task).questions();
    for (int i = 0; i < 4; i++) {
      String context = asked.get(i).choices().get(0).context();
      assertThat(asked.get(i).choices().get(1).context()).isEqualTo(context);
      assertThat(context).endsWith("\n\nQ" + i + ":");
      // The three others once each, and the question itself without its answer.
      for (int other = 0; other < 4; other++) {
        assertThat(context.contains("Q%d: yes%d\n\n".formatted(other, other)))
            .isEqualTo(other != i);
      }
    }
    assertThat(new FewShot(3, 1).before(task, task).questions()).isEqualTo(asked);
    assertThat(new FewShot(3, 2).before(task, task).questions()).isNotEqualTo(asked);
    assertThatThrownBy(() -> new FewShot(4, 1).before(task, task))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("has 4 different questions, too few for --shots 4");
    TaskFile other = read(write("l.jsonl", "{\"text\": \"a b\"}"));
    assertThatThrownBy(() -> new FewShot(1, 1).before(task, other))
        .hasMessageContaining("l.jsonl is lambada and ")
        .hasMessageContaining("q.jsonl is choices: give --shots-from a file of the same task");
  }

  private Question only(String name, String line, TaskFormat format) throws IOException {
    TaskFile task = read(write(name, line + "\n"));
    assertThat(task.format()).isEqualTo(format);
    assertThat(task.questions()).hasSize(1);
    return task.questions().get(0);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private static TaskFile read(Path file) {
    return TaskFile.read(file.toString(), Optional.empty(), new Configuration());
  }
}
