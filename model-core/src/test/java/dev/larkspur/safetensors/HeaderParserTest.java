package dev.larkspur.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the format allows is read, and what it forbids is refused, used or not. */
class HeaderParserTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{}     ",
        "{'__metadata__':{'format':'pt'}}",
        "{'scalar':{'dtype':'F64','shape':[],'data_offsets':[0,8]}}",
        "{'none':{'dtype':'F32','shape':[0,7],'data_offsets':[0,0]}}",
        "{'b':{'data_offsets':[4,6],'shape':[2],'dtype':'I8'},'a':{'dtype':'BF16','shape':[2],'data_offsets':[0,4]}}",
        "{'empty':{'dtype':'U8','shape':[0],'data_offsets':[4,4]},'a':{'dtype':'F4','shape':[8],'data_offsets':[0,4]}}"
      })
  void whatIsAllowedIsRead(String header) {
    SafetensorsHeader parsed = parse(header);
    assertThat(parsed.tensors().values())
        .allSatisfy(entry -> assertThat(entry.end()).isLessThanOrEqualTo(parsed.dataLength()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 'a' starts at byte 4 after a gap
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'U8','shape':[1],'data_offsets':[5,6]}} | 'b' starts at byte 5 after a gap
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'U8','shape':[1],'data_offsets':[3,4]}} | 'b' starts at byte 3 inside the previous tensor
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | inside the previous tensor
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | 'a' has an end before its start
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[null,null]}} | data_offsets that are not whole numbers
          {'a':{'dtype':'F32','shape':[1],'data_offsets':null}} | data_offsets that are not whole numbers
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0.0,4.0]}} | data_offsets that are not whole numbers
          {'a':{'dtype':'F32','shape':[1],'data_offsets':['0','4']}} | data_offsets that are not whole numbers
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}} | data_offsets that are not whole numbers
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}} | 'a' does not have two data_offsets
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,99999999999999999999]}} | out of range
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,9223372036854775807]}} | that no file can hold
          {'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | shape that are not whole numbers
          {'a':{'dtype':'F32','shape':[[1]],'data_offsets':[0,4]}} | shape that are not whole numbers
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | not the size of F32[2]
          {'a':{'dtype':'F32','shape':[],'data_offsets':[0,8]}} | not the size of F32[]
          {'a':{'dtype':'F4','shape':[3],'data_offsets':[0,2]}} | not the size of F4[3]
          {'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,0]}} | a shape that no file can hold
          {'a':{'dtype':'F32','shape':[2147483647,2147483647,4],'data_offsets':[0,0]}} | a shape that no file can hold
          {'a':{'dtype':'F33','shape':[1],'data_offsets':[0,4]}} | an unknown dtype: F33
          {'a':{'dtype':32,'shape':[1],'data_offsets':[0,4]}} | 'a' has no dtype
          {'a':{'shape':[1],'data_offsets':[0,4]}} | 'a' has no dtype
          {'a':{'dtype':'F32','data_offsets':[0,4]}} | 'a' has no shape
          {'a':{'dtype':'F32','shape':[1]}} | 'a' does not have two data_offsets
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4],'more':1}} | unknown field: more
          {'a':{'dtype':'F32','dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 'a' has this twice: dtype
          {'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0]},'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}} | tensor 'a' occurs twice
          {'a':null} | 'a' is not a JSON object
          {'a':[]} | 'a' is not a JSON object
          {'__metadata__':{'step':12}} | a value that is not text: step
          {'__metadata__':{'a':'b','a':'c'}} | this key twice: a
          {'__metadata__':{},'__metadata__':{}} | __metadata__ occurs twice
          {'__metadata__':null} | __metadata__ is not an object
          [] | does not begin with a brace
          {}{} | there is data after its JSON object
          {'a': | header is damaged
          """)
  void whatIsForbiddenIsRefused(String header, String message) {
    assertThatThrownBy(() -> parse(header))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("model.safetensors is not a safetensors file: its header is damaged")
        .hasMessageContaining(message);
  }

  @Test
  void spacesBeforeTheHeaderAndBrokenUtf8AreRefused() {
    assertThatThrownBy(() -> parse(" {}")).hasMessageContaining("does not begin with a brace");
    byte[] broken = "{\"a\u00ff\":1}".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> HeaderParser.parse(broken, "model.safetensors"))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("it is not UTF-8");
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> parse("{'a':" + "[".repeat(100_000)))
        .isInstanceOf(SafetensorsException.class);
    assertThatThrownBy(() -> parse("{'a':{'dtype':" + "[".repeat(100_000)))
        .isInstanceOf(SafetensorsException.class);
  }

  private static SafetensorsHeader parse(String header) {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return HeaderParser.parse(json, "model.safetensors");
  }
}
