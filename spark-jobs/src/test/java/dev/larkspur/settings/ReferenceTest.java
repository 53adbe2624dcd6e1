package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

/** {@code conf/reference.conf} documents exactly what is read. */
class ReferenceTest {
  private final Schema schema = SettingsLoader.schema();

  @Test
  void everySettingHasAComment() {
    assertThat(schema.keys())
        .isNotEmpty()
        .allSatisfy(key -> assertThat(schema.comments(key)).as(key).isNotEmpty());
  }

  @Test
  void everySettingWithoutADefaultHasAnExample() {
    assertThat(schema.keys())
        .filteredOn(schema::optional)
        .allSatisfy(key -> assertThat(schema.example(key)).doesNotEndWith("= null"));
  }

  @Test
  void everyExampleIsValidHocon() {
    assertThat(schema.keys())
        .allSatisfy(key -> ConfigFactory.parseString(schema.example(key)).getValue(key));
  }

  @Test
  void everySettingIsReadAndNoOther() {
    SettingsReader reader = new SettingsReader(schema.defaults(), schema, Purpose.PREPARE);
    // It fails in another way on a setting that no record has, and on one that is not there.
    assertThatThrownBy(reader::read).isInstanceOf(SettingsException.class);
  }

  @Test
  void aSettingThatNoRecordHasIsRefused() {
    Schema more =
        new Schema(ConfigFactory.parseString("run.color = red").withFallback(schema.defaults()));
    SettingsReader reader = new SettingsReader(more.defaults(), more, Purpose.PREPARE);

    assertThatThrownBy(reader::read)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[run.color]");
  }
}
