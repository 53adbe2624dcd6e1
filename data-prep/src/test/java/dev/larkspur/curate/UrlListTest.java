package dev.larkspur.curate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrlListTest {
  @TempDir private Path folder;
  private UrlList list;

  @BeforeEach
  void write() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("list.txt"),
            """
            # hosts
            Bad.example   # with a comment
            https://www.odd.example/

            shop.example/ads
            shop.example/News/old/
            """);
    list = UrlList.read(file.toString(), new Configuration());
  }

  @ParameterizedTest
  @CsvSource({
    "https://bad.example, true",
    "http://BAD.example:8080/page?x=1, true",
    "https://user@deep.er.bad.example/a/b#c, true",
    "bad.example/page, true",
    "https://notbad.example/, false",
    "https://bad.example.org/, false",
    "https://example/, false",
    "https://odd.example/, false",
    "https://www.odd.example/any, true",
    "https://shop.example/, false",
    "https://shop.example/ads, true",
    "https://m.shop.example/ads/1?x, true",
    "https://shop.example/adsense, false",
    "https://shop.example/News/old/1, true",
    "https://shop.example/news/old/1, false",
    "https://good.example/?to=bad.example/, false",
    "https://good.example/bad.example, false",
    "'', false",
  })
  void blocksHostsAndBeginningsOfPaths(String url, boolean blocked) {
    assertThat(list.blocks(url)).isEqualTo(blocked);
  }

  @Test
  void aListThatIsEmptyOrMissingIsAnError() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.txt"), "# nothing\n");
    assertThatThrownBy(() -> UrlList.read(empty.toString(), new Configuration()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("empty.txt blocks nothing");
    assertThatThrownBy(() -> UrlList.read(folder + "/none.txt", new Configuration()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("none.txt")
        .hasMessageContaining("data.curation.url-blocklist");
  }
}
