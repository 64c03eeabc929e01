using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace FanIn.Checkpoints.Tests;

public sealed class HeaderWritingTests
{
    private static string Text(SafetensorsHeader header) => Encoding.UTF8.GetString(header.Bytes.Span[8..]);

    private static SafetensorsHeader Of(params SafetensorsTensor[] tensors) => SafetensorsHeader.Create(tensors);

    // The bytes that the reference's own tests hold it to: tensor.rs, test_serialization and test_serialization_forced_alignement.
    [Fact]
    public void TheReferencesGoldenBytes()
    {
        SafetensorsHeader plain = Of(new SafetensorsTensor("attn.0", SafetensorsType.F32, 1, 2, 3));
        Assert.Equal([64, 0, 0, 0, 0, 0, 0, 0], plain.Bytes[..8].ToArray());
        Assert.Equal("""{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}""", Text(plain));
        SafetensorsHeader padded = Of(new SafetensorsTensor("attn0", SafetensorsType.F32, 1, 1, 2, 3));
        Assert.Equal([72, 0, 0, 0, 0, 0, 0, 0], padded.Bytes[..8].ToArray());
        Assert.Equal("""{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """, Text(padded));
        Assert.Equal(80, padded.DataStart);
        Assert.Equal(104, padded.FileLength);
    }

    // test_empty.
    [Fact]
    public void TheReferencesGoldenBytesOfEmptyFiles()
    {
        Assert.Equal("{}      ", Text(Of()));
        Assert.Equal(
            """{"__metadata__":{"framework":"pt"}}     """,
            Text(SafetensorsHeader.Create([], new Dictionary<string, string> { ["framework"] = "pt" }))
        );
        Assert.Equal(
            """{"__metadata__":{}}     """,
            Text(SafetensorsHeader.Create([], new Dictionary<string, string>()))
        );
    }

    [Fact]
    public void WideTypesComeFirstThenNamesByTheirBytes()
    {
        // U+FF5E is above U+1F600 in .NET's order of UTF-16 units, below it in that of UTF-8 bytes.
        SafetensorsHeader header = Of(
            new("b", SafetensorsType.Bool, 1),
            new("\U0001F600", SafetensorsType.F32, 1),
            new("\uff5e", SafetensorsType.F32, 1),
            new("a.10", SafetensorsType.F32, 1),
            new("a.2", SafetensorsType.F32, 1),
            new("Z", SafetensorsType.F32, 1),
            new("half", SafetensorsType.F16, 1),
            new("brain", SafetensorsType.BF16, 1),
            new("u", SafetensorsType.U64, 1),
            new("i", SafetensorsType.I64, 1),
            new("c", SafetensorsType.C64, 1)
        );
        Assert.Equal(
            ["u", "i", "c", "Z", "a.10", "a.2", "\uff5e", "\U0001F600", "brain", "half", "b"],
            header.Tensors.Select(t => t.Name)
        );
        Assert.Equal([0, 8, 16, 24, 28, 32, 36, 40, 44, 46, 48], header.Tensors.Select(t => t.Begin));
        Assert.Equal(49, header.DataLength);
    }

    [Fact]
    public void NamesAreEscapedAsSerdeJsonDoes()
    {
        SafetensorsHeader header = SafetensorsHeader.Create(
            [new("a\"\\/\b\f\n\r\t\0\u001f\u007f\u00e9\u2028<", SafetensorsType.U8)],
            new Dictionary<string, string> { ["b"] = "2", ["a"] = "\n" }
        );
        Assert.StartsWith(
            "{\"__metadata__\":{\"a\":\"\\n\",\"b\":\"2\"},\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\u00e9\u2028<\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}",
            Text(header),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AnyHeaderIsReadAsItWasWrittenAndItsTensorsAreAligned() =>
        Tensors.Some.Sample(some =>
        {
            SafetensorsHeader written = SafetensorsHeader.Create(some.Tensors, some.Metadata);
            Assert.Equal(0, written.DataStart % 8);
            byte[] file = new byte[written.FileLength];
            written.Bytes.Span.CopyTo(file);
            SafetensorsHeader read = SafetensorsHeader.Parse(file);
            Assert.Equal(written.Tensors.Order(ByPlace), read.Tensors.Order(ByPlace));
            Assert.Equal(some.Metadata, read.Metadata);
            Assert.Equal(written.FileLength, read.FileLength);
            foreach (SafetensorsTensor tensor in written.Tensors.Where(t => t.ByteCount > 0 && t.Type.Bits() >= 8))
            {
                Assert.Equal(0, written.PositionOf(tensor) % (tensor.Type.Bits() / 8));
            }
            // A reader of JSON that isn't ours sees the same.
            using JsonDocument json = JsonDocument.Parse(written.Bytes[8..]);
            Assert.Equal(
                written.Tensors.Select(t => t.Name),
                json.RootElement.EnumerateObject().Select(p => p.Name).Where(name => name != "__metadata__")
            );
        });

    private static readonly Comparer<SafetensorsTensor> ByPlace = Comparer<SafetensorsTensor>.Create(
        (a, b) => (a.Begin, a.End, a.Name).CompareTo((b.Begin, b.End, b.Name))
    );

    [Fact]
    public void WhereTensorsLieElsewhereDoesntMatter()
    {
        SafetensorsHeader first = Of(new("a", SafetensorsType.U8, 3), new("b", SafetensorsType.U8, 3));
        Assert.Equal(0, Of(first["b"])["b"].Begin);
        Assert.Equal(3, first["b"].Begin);
        Assert.Throws<ArgumentException>(() => first.PositionOf(new("b", SafetensorsType.U8, 3)));
    }

    [Fact]
    public void WhatNoFileCanHoldIsSaid()
    {
        SafetensorsTensor w = new("w", SafetensorsType.F32, 2);
        Assert.StartsWith("Two tensors are called 'w'", Assert.Throws<ArgumentException>(() => Of(w, w)).Message);
        Assert.StartsWith(
            "A tensor can't be called '__metadata__'",
            Assert
                .Throws<ArgumentException>(() => Of(new SafetensorsTensor("__metadata__", SafetensorsType.U8)))
                .Message
        );
        Assert.StartsWith(
            "The metadata 'k' have half of a surrogate pair",
            Assert
                .Throws<ArgumentException>(() =>
                    SafetensorsHeader.Create([], new Dictionary<string, string> { ["k"] = "\ud800" })
                )
                .Message
        );
        Assert.StartsWith(
            "The tensors make a file of more than 2^63 bytes.",
            Assert
                .Throws<ArgumentException>(() =>
                    Of([
                        .. Enumerable
                            .Range(0, 8)
                            .Select(i => new SafetensorsTensor($"{i}", SafetensorsType.U8, 1L << 60)),
                    ])
                )
                .Message
        );
    }

    [Fact]
    public void AHeaderBeyondTheLimitIsRefusedBeforeItIsMade()
    {
        string large = new('x', SafetensorsHeader.MaxTextLength);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.StartsWith(
            "The header would have 100000032 bytes; 100000000 are the most",
            Assert
                .Throws<ArgumentException>(() =>
                    SafetensorsHeader.Create([], new Dictionary<string, string> { ["test"] = large })
                )
                .Message
        );
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(SafetensorsType.F32, new long[] { 2, -1 }, "has the shape [2, -1]; sizes are 0 or more")]
    [InlineData(SafetensorsType.U8, new long[] { 1L << 62, 4 }, "which makes more than 2^64 elements")]
    [InlineData(SafetensorsType.U8, new long[] { 1L << 61 }, "which makes more than 2^64 bits of U8")]
    [InlineData(SafetensorsType.F4, new long[] { 3 }, "has 3 elements of 4 bits (F4), which don't fill whole bytes")]
    [InlineData(SafetensorsType.F6_E2M3, new long[] { 2 }, "has 2 elements of 6 bits (F6_E2M3)")]
    public void ShapesThatAreNoTensorAreRefused(SafetensorsType type, long[] shape, string why) =>
        Assert.Contains(
            $"The tensor 'w' {why}",
            Assert
                .Throws<ArgumentException>(() => new SafetensorsTensor("w", type, shape))
                .Message.Replace("has the shape [4611686018427387904, 4], ", "")
                .Replace("has the shape [2305843009213693952], ", "")
        );

    [Fact]
    public void NamesThatAreNoTextAreRefused() =>
        Assert.StartsWith(
            "The tensor's name '?' has half of a surrogate pair",
            Assert.Throws<ArgumentException>(() => new SafetensorsTensor("\udc00", SafetensorsType.U8)).Message
        );

    [Fact]
    public void AMissingTensorsErrorSaysTheNearestName()
    {
        SafetensorsHeader header = Of(new SafetensorsTensor("fc1.weight", SafetensorsType.U8));
        Assert.Equal(
            "There is no tensor 'fc1.wieght'; did you mean 'fc1.weight'?",
            Assert.Throws<KeyNotFoundException>(() => header["fc1.wieght"]).Message
        );
        Assert.Equal(
            "There is no tensor 'lm_head' among the 1.",
            Assert.Throws<KeyNotFoundException>(() => header["lm_head"]).Message
        );
        Assert.Equal("U8 fc1.weight []", header["fc1.weight"].ToString());
    }
}
