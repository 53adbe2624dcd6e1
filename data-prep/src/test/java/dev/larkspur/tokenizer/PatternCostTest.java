package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions of published tokenizers are quick; those that never end are recognized. */
class PatternCostTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*",
        " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+",
        "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
        "\\p{N}{1,3}(?=(?:\\p{N}{3})*(?:\\P{N}|$))",
        "<\\|startoftext\\|>|[\\p{L}]+|[^\\s\\p{L}\\p{N}]+",
        "\\s+$",
        "(?:[a-z]|_|[0-9])+x",
        "(?>a+)+b",
        "(?:a+)++b",
        "a{1,100}b",
        "[]x]+[^]x]+",
        "\\x{4e00}+\\u4e01*",
        "(?<name>a|b)?c",
        "",
        " "
      })
  void quickOnes(String expression) {
    assertThat(PatternCost.problem(expression)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+!",
        "(?:a*)*!",
        "((a+))+!",
        "(a|aa)+!",
        "(a|[a-z])*!",
        "(?i:a|A)+!",
        "(?:\\p{L}|\\w)+!",
        "(a?){30}a{30}",
        "(a+){2,}!",
        "a*a*!",
        "\\s*\\s+x",
        "(a*)(a*)b",
        "(?=(a+)+!)",
        "x(?:y(?:z+)*)?",
        "(a)\\1",
        "(?<n>a)\\k<n>",
        "(?<n>a\\g<n>?)",
        "((a{1000}){1000}){1000}",
        "a{200000}",
        "(",
        "a)",
        "[a",
        "\\",
        "(?(1)a|b)",
        "a+*!"
      })
  void thoseThatMayNeverEnd(String expression) {
    assertThat(PatternCost.problem(expression)).isPresent();
  }
}
