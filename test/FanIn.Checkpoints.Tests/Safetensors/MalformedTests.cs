using System.Buffers.Binary;
using System.Text;

namespace FanIn.Checkpoints.Tests;

/// <summary>What must be refused, with what sentence; and what must not.</summary>
public sealed class MalformedTests
{
    private static string Fault(byte[] file)
    {
        string message = Assert.Throws<SafetensorsException>(() => SafetensorsHeader.Parse(file)).Message;
        // A stream and a file say the same of it.
        using var stream = new MemoryStream(file);
        Assert.Equal(message, Assert.Throws<SafetensorsException>(() => SafetensorsHeader.Read(stream)).Message);
        Assert.StartsWith("This is no valid safetensors file: ", message);
        // One mark at the end, whether it tells or asks.
        Assert.Matches("[^?][.?]$", message);
        return message["This is no valid safetensors file: ".Length..(message[^1] == '?' ? ^0 : ^1)];
    }

    private static string Fault(string header, int data = 0) => Fault(SafetensorsBytes.Of(header, data));

    private static string Entry(string name, string type, string shape, long begin, long end) =>
        SafetensorsBytes.Entry(name, type, shape, begin, end);

    private static byte[] Claims(ulong length, params byte[] rest)
    {
        byte[] file = new byte[8 + rest.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        rest.CopyTo(file, 8);
        return file;
    }

    // The cases of the reference's own tests.
    [Fact]
    public void TheReferencesCases()
    {
        Assert.Equal("it has 0 bytes, where 8 say how long the header is", Fault([]));
        Assert.Equal(
            "its first 8 bytes say that the header has 60 bytes, but 0 follow: it is cut off or something else",
            Fault(Claims(60))
        );
        Assert.Equal(
            "its first 8 bytes say that the header has 18446462598732840960 bytes, where 100000000 are the most",
            Fault(Claims(0xffff000000000000, 0))
        );
        Assert.Equal("its header isn't UTF-8 at byte 8", Fault(Claims(1, 0xff)));
        Assert.StartsWith("its header isn't JSON at byte 9: ", Fault(Claims(1, (byte)'{')));
        Assert.Equal(
            "the tensor 'weight_1' begins at byte 0 of the data, inside the tensor 'weight_0', which ends at 16",
            Fault(
                "{"
                    + string.Join(',', Enumerable.Range(0, 10).Select(i => Entry($"weight_{i}", "I32", "[2,2]", 0, 16)))
                    + "}",
                16
            )
        );
        string valid = "{" + Entry("test", "I32", "[2,2]", 0, 16) + "}";
        Assert.Equal("3 bytes behind its tensors' 16 belong to no tensor", Fault(valid, 19));
        Assert.Equal("its tensors take 16 bytes of data, but 14 are there: it is cut off", Fault(valid, 14));
        Assert.Equal(
            "the tensor 'test' is I32 of shape [2, 2], which takes 16 bytes, but its data_offsets [0, 4] are 4",
            Fault("{" + Entry("test", "I32", "[2,2]", 0, 4) + "}", 4)
        );
        Assert.Equal(
            "the tensor 'test' has the number 18446744073709551614 in its shape, where less than 2^63 is allowed",
            Fault("{" + Entry("test", "I32", "[2,18446744073709551614]", 0, 16) + "}", 16)
        );
        Assert.Equal(
            "the tensor 'test' has the shape [2, 9223372036854775807], which makes more than 2^64 bits of I32",
            Fault("{" + Entry("test", "I32", "[2,9223372036854775807]", 0, 16) + "}", 16)
        );
        Assert.Equal(
            "the tensor 'test' has the shape [4, 9223372036854775807], which makes more than 2^64 elements",
            Fault("{" + Entry("test", "I32", "[4,9223372036854775807]", 0, 16) + "}", 16)
        );
        Assert.Equal(
            "the tensor 'test' has 1 elements of 4 bits (F4), which don't fill whole bytes",
            Fault("{" + Entry("test", "F4", "[1]", 0, 1) + "}", 1)
        );
        Assert.Equal(
            "the tensor 'test' is F4 of shape [2, 2], which takes 2 bytes, but its data_offsets [0, 1] are 1",
            Fault("{" + Entry("test", "F4", "[2,2]", 0, 1) + "}", 1)
        );
    }

    // huggingface/safetensors, attacks/safetensors_abuse_attempt_1 .. 3: overlaps, a hole, a header without end.
    [Fact]
    public void TheReferencesAttacks()
    {
        var many = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        for (int i = 0; i < 10_000; i++)
        {
            many.Append(',').Append(Entry($"weight_{i}", "F32", "[2,2]", 0, 16));
        }
        Assert.Equal(
            "the tensor 'weight_1' begins at byte 0 of the data, inside the tensor 'weight_0', which ends at 16",
            Fault(many.Append('}').ToString(), 16)
        );
        Assert.StartsWith(
            "the tensor 'weight' is F32 of shape [1000000, 1000000], which takes 4000000000000 bytes, but its data_offsets [0, 16]",
            Fault("{" + Entry("weight", "F32", "[1000000,1000000]", 0, 16) + "}", 16)
        );
        Assert.Equal(
            "its tensors take 4000000000000 bytes of data, but 16 are there: it is cut off",
            Fault("{" + Entry("weight", "F32", "[1000000,1000000]", 0, 4000000000000) + "}", 16)
        );
    }

    [Theory]
    [InlineData("{}", 1, "1 bytes behind its tensors' 0 belong to no tensor")]
    [InlineData("", 0, "its header is empty, where a JSON object belongs")]
    [InlineData("   ", 0, "its header is empty, where a JSON object belongs")]
    [InlineData("[]", 0, "its header is a list, where a JSON object belongs")]
    [InlineData("\"{}\"", 0, "its header is the text '{}', where a JSON object belongs")]
    [InlineData("17", 0, "its header is the number 17, where a JSON object belongs")]
    [InlineData("null", 0, "its header is null, where a JSON object belongs")]
    [InlineData("true", 0, "its header is true, where a JSON object belongs")]
    [InlineData("\ufeff{}", 0, "its header begins with a byte order mark, where '{' belongs")]
    [InlineData("{}\0\0", 0, "its header ends in 2 bytes 0 from byte 10 on, where only spaces may fill it up")]
    [InlineData(
        "{\"a\":1}",
        0,
        "the tensor 'a' is the number 1, where an object with dtype, shape and data_offsets belongs"
    )]
    [InlineData("{\"a\":{}}", 0, "the tensor 'a' lacks its dtype")]
    [InlineData("{\"a\":{\"dtype\":\"U8\"}}", 0, "the tensor 'a' lacks its shape")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[]}}", 0, "the tensor 'a' lacks its data_offsets")]
    [InlineData("{\"a\":{\"dtype\":7}}", 0, "the tensor 'a' has the number 7 as its dtype, where a text belongs")]
    [InlineData("{\"a\":{\"dtype\":\"f32\"}}", 0, "the tensor 'a' has an unknown dtype 'f32'; did you mean 'F32'?")]
    [InlineData(
        "{\"a\":{\"shape\":4}}",
        0,
        "the tensor 'a' has the number 4 as its shape, where a list of sizes belongs"
    )]
    [InlineData(
        "{\"a\":{\"shape\":[-1]}}",
        0,
        "the tensor 'a' has the number -1 in its shape, where whole numbers of 0 or more belong"
    )]
    [InlineData(
        "{\"a\":{\"shape\":[2.0]}}",
        0,
        "the tensor 'a' has the number 2.0 in its shape, where whole numbers of 0 or more belong"
    )]
    [InlineData(
        "{\"a\":{\"shape\":[1e3]}}",
        0,
        "the tensor 'a' has the number 1e3 in its shape, where whole numbers of 0 or more belong"
    )]
    [InlineData(
        "{\"a\":{\"shape\":[-0]}}",
        0,
        "the tensor 'a' has the number -0 in its shape, where whole numbers of 0 or more belong"
    )]
    [InlineData(
        "{\"a\":{\"shape\":[\"3\"]}}",
        0,
        "the tensor 'a' has the text '3' in its shape, where whole numbers of 0 or more belong"
    )]
    [InlineData(
        "{\"a\":{\"shape\":[[3]]}}",
        0,
        "the tensor 'a' has a list in its shape, where whole numbers of 0 or more belong"
    )]
    [InlineData(
        "{\"a\":{\"shape\":[18446744073709551616]}}",
        0,
        "the tensor 'a' has the number 18446744073709551616 in its shape, where less than 2^63 is allowed"
    )]
    [InlineData(
        "{\"a\":{\"data_offsets\":{}}}",
        0,
        "the tensor 'a' has an object as its data_offsets, where [begin, end] belongs"
    )]
    [InlineData("{\"a\":{\"data_offsets\":[0]}}", 0, "the tensor 'a' has 1 data_offsets, where [begin, end] belongs")]
    [InlineData(
        "{\"a\":{\"data_offsets\":[0,1,2]}}",
        0,
        "the tensor 'a' has more than two data_offsets, where [begin, end] belongs"
    )]
    [InlineData(
        "{\"a\":{\"data_offsets\":[0,1.5]}}",
        0,
        "the tensor 'a' has the number 1.5 in its data_offsets, where whole numbers of 0 or more belong"
    )]
    [InlineData(
        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}",
        0,
        "'dtype' is there twice in one object, the second time at byte 27"
    )]
    [InlineData("{\"a\":{\"x\":1,\"x\":1}}", 0, "'x' is there twice in one object, the second time at byte 20")]
    [InlineData(
        "{\"a\":{\"x\":[{\"y\":1,\"y\":2}]}}",
        0,
        "'y' is there twice in one object, the second time at byte 26"
    )]
    [InlineData("{\"__metadata__\":null}", 0, "'__metadata__' is null, where an object of texts belongs")]
    [InlineData("{\"__metadata__\":{\"k\":1}}", 0, "the metadata 'k' are the number 1, where only texts may be")]
    [InlineData("{\"__metadata__\":{\"k\":null}}", 0, "the metadata 'k' are null, where only texts may be")]
    [InlineData("{\"__metadata__\":{\"k\":{}}}", 0, "the metadata 'k' are an object, where only texts may be")]
    [InlineData(
        "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}",
        0,
        "'k' is there twice in one object, the second time at byte 33"
    )]
    [InlineData(
        "{\"__metadata__\":{},\"__metadata__\":{}}",
        0,
        "'__metadata__' is there twice in one object, the second time at byte 27"
    )]
    [InlineData("{\"\\ud800\":{}}", 0, "the text at byte 9 has half of a surrogate pair, which stands for nothing")]
    [InlineData(
        "{\"__metadata__\":{\"k\":\"\\udc00x\"}}",
        0,
        "the text at byte 29 has half of a surrogate pair, which stands for nothing"
    )]
    [InlineData(
        "{\"a\":{\"data\\ud800_offsets\":[0,0]}}",
        0,
        "the text at byte 14 has half of a surrogate pair, which stands for nothing"
    )]
    public void OurOwnCases(string header, int data, string why) => Assert.Equal(why, Fault(header, data));

    [Theory]
    [InlineData("{}x", "at byte 10: ")]
    [InlineData("{\"__metadata__\":{},}", "at byte 27: ")]
    [InlineData("{'a':1}", "at byte 9: ")]
    [InlineData("{}//", "at byte 10: ")]
    [InlineData("\n\n{,}", "at byte 11: ")]
    [InlineData("{\"a\":\"\n\"}", "at byte 14: ")]
    [InlineData("{\"a\":\"\\x\"}", "at byte 15: ")]
    public void WhatIsNoJsonIsSaidWithItsPlace(string header, string why) =>
        Assert.StartsWith($"its header isn't JSON {why}", Fault(header));

    [Fact]
    public void APlaceInTheDataBelongsToOneTensor()
    {
        Assert.Equal(
            "bytes 0 .. 3 of its data, before the tensor 'a', belong to no tensor",
            Fault("{" + Entry("a", "U8", "[4]", 4, 8) + "}", 8)
        );
        Assert.Equal(
            "bytes 4 .. 4 of its data, before the tensor 'b', belong to no tensor",
            Fault("{" + Entry("b", "U8", "[3]", 5, 8) + "," + Entry("a", "U8", "[4]", 0, 4) + "}", 8)
        );
        Assert.Equal(
            "the tensor 'b' begins at byte 2 of the data, inside the tensor 'a', which ends at 4",
            Fault("{" + Entry("a", "U8", "[4]", 0, 4) + "," + Entry("b", "U8", "[6]", 2, 8) + "}", 8)
        );
        Assert.Equal(
            "the tensor 'b' ends at byte 2 of the data, before it begins at 5",
            Fault("{" + Entry("b", "U8", "[0]", 5, 2) + "}", 8)
        );
        // An empty one too, and also where it would take nothing away.
        Assert.Equal(
            "the tensor 'e' begins at byte 5 of the data, inside the tensor 'a', which ends at 16",
            Fault("{" + Entry("a", "U8", "[16]", 0, 16) + "," + Entry("e", "U8", "[0]", 5, 5) + "}", 16)
        );
        Assert.Equal(
            "bytes 16 .. 16 of its data, before the tensor 'e', belong to no tensor",
            Fault("{" + Entry("a", "U8", "[16]", 0, 16) + "," + Entry("e", "U8", "[0]", 17, 17) + "}", 16)
        );
        Assert.Equal(
            "the tensor 'a' has the number 9223372036854775808 in its data_offsets, where less than 2^63 is allowed",
            Fault("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[9223372036854775808,9223372036854775808]}}")
        );
    }

    [Fact]
    public void NoNameIsThereTwice() =>
        Assert.Equal(
            "'a' is there twice in one object, the second time at byte 61",
            // The second is written otherwise.
            Fault("{" + Entry("a", "U8", "[4]", 0, 4) + "," + Entry("\\u0061", "U8", "[4]", 4, 8) + "}", 8)
        );

    [Fact]
    public void NestingAndAxesHaveAnEnd()
    {
        string deep = new string('[', 100_000) + new string(']', 100_000);
        Assert.StartsWith("its header isn't JSON at byte ", Fault($"{{\"a\":{{\"x\":{deep}}}}}"));
        Assert.Equal(
            "the tensor 'a' has more than 64 axes, which is the most",
            Fault("{" + Entry("a", "U8", $"[{string.Join(',', Enumerable.Repeat(1, 65))}]", 0, 1) + "}", 1)
        );
    }

    [Fact]
    public void WhatItLooksLikeIsSaid()
    {
        static byte[] Beginning(string text) => [.. Encoding.Latin1.GetBytes(text), .. new byte[20]];
        Assert.Contains(
            "it is a zip archive, as PyTorch's .pt and .bin files are, whose pickles can run code",
            Fault(Beginning("PK\u0003\u0004abcd"))
        );
        Assert.Contains("it is a pickle, which can run code", Fault(Beginning("\u0080\u0002}q\0(X.")));
        Assert.Contains("it is a GGUF file", Fault(Beginning("GGUF\u0003\0\0\0\u0010\u0001")));
        Assert.Contains("it is an HDF5 file", Fault(Beginning("\u0089HDF\r\n\u001a\n")));
        Assert.Contains(
            "Git LFS",
            Fault(Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:"))
        );
        Assert.Contains("it is a text", Fault(Encoding.ASCII.GetBytes("{\"model_type\":\"llama\"}")));
    }

    [Fact]
    public void AnEvilNameDoesntDisturbTheSentence()
    {
        string message = Fault($"{{\"\\u001b[31m\\n\\u202e{new string('n', 5000)}\":1}}");
        Assert.StartsWith("the tensor '?[31m??nnn", message);
        Assert.InRange(message.Length, 100, 250);
    }

    [Fact]
    public void ALengthOfTheLimitNeedsThatManyBytes()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.StartsWith(
            "its first 8 bytes say that the header has 100000000 bytes, but 3 follow",
            Fault(Claims(100_000_000, (byte)'{', (byte)'}', (byte)' '))
        );
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData("{}\r \t\n", 0, 0)]
    [InlineData("\t\n{}\r ", 0, 0)]
    [InlineData("{}", 0, 0)]
    [InlineData("{\"__metadata__\":{}}", 0, 0)]
    [InlineData("""{"scalar":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4, 1)]
    [InlineData("""{"e":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}}""", 0, 1)]
    [InlineData("""{"e":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]}}""", 0, 1)]
    [InlineData("""{"f":{"dtype":"F4","shape":[2,3],"data_offsets":[0,3]}}""", 3, 1)]
    [InlineData("""{"f":{"dtype":"F6_E3M2","shape":[4],"data_offsets":[0,3]}}""", 3, 1)]
    [InlineData(
        """{"b":{"data_offsets":[1,3],"shape":[2],"dtype":"U8"},"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}""",
        3,
        2
    )]
    [InlineData("""{"a":{"dtype":"U8","x":[1,{"y":null,"z":"é"}],"shape":[1],"data_offsets":[0,1]}}""", 1, 1)]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"e":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"f":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}""",
        1,
        3
    )]
    [InlineData(
        """{"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"..":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"\ud83d\ude00\n":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""",
        2,
        3
    )]
    public void WhatIsAllowedIsRead(string header, int data, int tensors)
    {
        SafetensorsHeader read = SafetensorsHeader.Parse(SafetensorsBytes.Of(header, data));
        Assert.Equal(tensors, read.Tensors.Length);
        Assert.Equal(data, read.DataLength);
        Assert.Equal(8 + Encoding.UTF8.GetByteCount(header), read.DataStart);
        Assert.Equal(read.Tensors.OrderBy(t => t.Begin), read.Tensors);
    }

    [Fact]
    public void OverANetworkTheHeaderComesFirst()
    {
        byte[] file = SafetensorsBytes.Of("{" + Entry("a", "U8", "[9]", 0, 9) + "}", 9);
        int length = SafetensorsHeader.LengthOf(file.AsSpan(0, 8), file.Length);
        Assert.Equal(file.Length - 9, length);
        Assert.Equal(9, SafetensorsHeader.Parse(file.AsSpan(0, length), file.Length).DataLength);
        Assert.Throws<ArgumentException>(() => SafetensorsHeader.Parse(file.AsSpan(0, length - 1), file.Length));
        Assert.Throws<SafetensorsException>(() => SafetensorsHeader.Parse(file.AsSpan(0, length), file.Length - 1));
    }

    [Fact]
    public void AStreamBehindItsEndHasNothing()
    {
        using var stream = new MemoryStream(new byte[20]) { Position = 30 };
        Assert.Contains(
            "it has 0 bytes",
            Assert.Throws<SafetensorsException>(() => SafetensorsHeader.Read(stream)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AStreamIsReadFromWhereItStandsToItsData()
    {
        byte[] file = SafetensorsBytes.Of("{" + Entry("a", "U8", "[9]", 0, 9) + "}", 9);
        using var stream = new MemoryStream([1, 2, 3, .. file]);
        stream.Position = 3;
        Assert.Equal(9, SafetensorsHeader.Read(stream).DataLength);
        Assert.Equal(0, stream.ReadByte());
        Assert.Equal(1, stream.ReadByte());
        using var pipe = new System.IO.Compression.DeflateStream(
            stream,
            System.IO.Compression.CompressionMode.Decompress
        );
        Assert.Throws<ArgumentException>(() => SafetensorsHeader.Read(pipe));
    }
}
