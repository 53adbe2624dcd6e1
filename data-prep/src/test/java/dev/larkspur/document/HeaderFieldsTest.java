package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Fields of a header, and values of several lines. */
class HeaderFieldsTest {
  @Test
  void foldedLinesAreOneValue() {
    HeaderFields.Builder builder = new HeaderFields.Builder();
    builder.add(" of no field");
    builder.add("A:  one ");
    builder.add("\ttwo  ");
    builder.add("   ");
    builder.add(" three");
    builder.add("B:");
    builder.add(" four");
    builder.add("no field");
    builder.add("A: five");
    builder.add(" six");
    HeaderFields fields = builder.build();
    assertThat(fields.first("a")).isEqualTo("one two three");
    assertThat(fields.first("b")).isEqualTo("four");
    assertThat(fields.items("a")).containsExactly("one two three", "five six");
  }

  @Test
  void aValueMayHaveVeryManyLines() {
    HeaderFields.Builder builder = new HeaderFields.Builder();
    builder.add("A: x");
    for (int i = 0; i < 300_000; i++) {
      builder.add(" y");
    }
    assertThat(builder.build().first("a")).hasSize(600_001).endsWith("y y");
  }
}
