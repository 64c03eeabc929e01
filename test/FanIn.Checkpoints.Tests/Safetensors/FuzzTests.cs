using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace FanIn.Checkpoints.Tests;

/// <summary>
/// Files and indexes with bytes changed, put in, taken out and moved: each is read or refused with a sentence, and takes no
/// memory that the bytes which are there don't account for. What is read is read right.
/// </summary>
public sealed class FuzzTests
{
    /// <summary>A sentence, an exception's stack, a reader's state.</summary>
    private const long FixedBytes = 100_000;

    /// <summary>
    /// The most that is allocated for a byte of a header, the copy of its text and what is thrown away among it. Tensors of
    /// nothing come to most: 50 bytes of text, which are an object, a name, a shape and an entry in a table.
    /// </summary>
    private const double AllocatedPerByte = 5;

    /// <summary>The same of an index, which has less text for each tensor.</summary>
    private const double IndexPerByte = 7;

    /// <summary>What is put in whole: that finds more than single bytes.</summary>
    private static readonly string[] s_pieces =
    [
        "\"\":",
        "\"dtype\":\"F32\",",
        "\"shape\":[",
        "[0,0]",
        "0,0",
        "18446744073709551615",
        "9223372036854775807",
        "4294967296",
        "-1",
        "1e3",
        "null",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\\ud800",
        "\\u0000",
        "\"__metadata__\":{},",
        "\"F4\"",
        "\"../x.safetensors\"",
        "\u00ff",
        "\0",
        "{\"a\":",
    ];

    private static byte[][] Seeds()
    {
        static byte[] Whole(SafetensorsHeader header) => [.. header.Bytes.Span, .. new byte[header.DataLength]];
        return
        [
            Whole(SafetensorsHeader.Create([])),
            Whole(SafetensorsHeader.Create([new("attn.0", SafetensorsType.F32, 1, 2, 3)])),
            Whole(
                SafetensorsHeader.Create(
                    [
                        new("a", SafetensorsType.BF16, 3, 2),
                        new("b", SafetensorsType.F4, 2, 1),
                        new("\u00e9\n", SafetensorsType.I64),
                        new("empty", SafetensorsType.F64, 0, 7),
                        new("mask", SafetensorsType.Bool, 5),
                    ],
                    new Dictionary<string, string> { ["format"] = "pt", ["note"] = "\"" }
                )
            ),
            SafetensorsBytes.Of(
                """  {"x":{"data_offsets":[0,2],"more":[{"y":null}],"shape":[2],"dtype":"I8"}}   """,
                2
            ),
        ];
    }

    private static readonly byte[] s_index = Encoding.UTF8.GetBytes(
        new SafetensorsIndex(
            new Dictionary<string, string>
            {
                ["a.weight"] = "model-00001-of-00002.safetensors",
                ["b"] = "model-00002-of-00002.safetensors",
            }
        )
        {
            TotalSize = 1234,
            TotalParameters = 99,
        }.ToJson()
    );

    private static byte[] Changed(byte[] seed, Random random, bool isFile)
    {
        List<byte> bytes = [.. seed];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(Math.Min(20, bytes.Count - at) + 1));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(bytes.Count - at + 1)));
                    break;
                case 4:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)]));
                    break;
                case 5 when bytes.Count > 0:
                    // Numbers are what a header is about.
                    int digit = bytes.FindIndex(at % bytes.Count, b => b is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        bytes[digit] = (byte)('0' + random.Next(10));
                    }
                    break;
                case 6:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)"[{ 0\""[random.Next(5)], random.Next(300)));
                    break;
            }
        }
        byte[] changed = [.. bytes];
        // The length fits the text in most: else no change would be seen behind it.
        if (isFile && changed.Length >= 8 && random.Next(4) > 0)
        {
            int end = Array.LastIndexOf(changed, (byte)'}');
            long grown = changed.Length - seed.Length;
            long length = random.Next(2) == 0 ? end - 7 : BinaryPrimitives.ReadInt64LittleEndian(seed) + grown;
            BinaryPrimitives.WriteInt64LittleEndian(changed, length);
        }
        return changed;
    }

    private static (int Read, int Refused) Run(int inputs, int seed)
    {
        byte[][] seeds = Seeds();
        var random = new Random(seed);
        (int read, int refused) = (0, 0);
        for (int i = 0; i < inputs; i++)
        {
            bool isFile = i % 5 > 0;
            byte[] input = Changed(isFile ? seeds[random.Next(seeds.Length)] : s_index, random, isFile);
            long before = GC.GetAllocatedBytesForCurrentThread();
            SafetensorsHeader? header = null;
            try
            {
                if (isFile)
                {
                    header = SafetensorsHeader.Parse(input);
                }
                else
                {
                    _ = SafetensorsIndex.Parse(input);
                }
                read++;
            }
            catch (SafetensorsException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Input {i}, {Convert.ToBase64String(input)}: {e}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                allocated <= FixedBytes + ((isFile ? AllocatedPerByte : IndexPerByte) * input.Length),
                $"Input {i}, {Convert.ToBase64String(input)}: {allocated} bytes for {input.Length}"
            );
            if (header is not null)
            {
                CheckRead(header, input);
            }
        }
        return (read, refused);
    }

    /// <summary>What was read, by another reader of JSON and the rules said anew.</summary>
    private static void CheckRead(SafetensorsHeader header, byte[] file)
    {
        using JsonDocument json = JsonDocument.Parse(
            file.AsMemory(8, (int)BinaryPrimitives.ReadInt64LittleEndian(file)),
            new JsonDocumentOptions { AllowDuplicateProperties = false }
        );
        var covered = new int[file.Length - header.DataStart];
        int tensors = 0;
        foreach (JsonProperty property in json.RootElement.EnumerateObject())
        {
            if (property.Name == "__metadata__")
            {
                continue;
            }
            tensors++;
            int begin = property.Value.GetProperty("data_offsets")[0].GetInt32();
            int end = property.Value.GetProperty("data_offsets")[1].GetInt32();
            SafetensorsTensor tensor = header[property.Name];
            Assert.Equal((begin, end), (tensor.Begin, tensor.End));
            Assert.Equal(
                property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()),
                tensor.Shape
            );
            Assert.Equal(
                8.0 * (end - begin),
                tensor.Shape.Aggregate(1.0, (product, size) => product * size) * tensor.Type.Bits()
            );
            for (int i = begin; i < end; i++)
            {
                covered[i]++;
            }
        }
        Assert.Equal(tensors, header.Tensors.Length);
        Assert.All(covered, times => Assert.Equal(1, times));
    }

    [Fact]
    public void ChangedFilesAreReadRightOrRefused()
    {
        (int read, int refused) = Run(20_000, seed: 1);
        // Neither is rare: the changes reach what they are about.
        Assert.InRange(read, 500, 10_000);
        Assert.InRange(refused, 5_000, 19_500);
    }

    [Fact(Explicit = true)]
    public void AMillionChangedFilesAreReadRightOrRefused()
    {
        (int read, int refused)[] runs = new (int, int)[10];
        Parallel.For(0, runs.Length, i => runs[i] = Run(100_000, seed: 100 + i));
        Assert.Equal(1_000_000, runs.Sum(run => run.read + run.refused));
    }

    /// <summary>Texts of so many bytes that are mostly what costs the most memory for its length.</summary>
    private static IEnumerable<string> Hostile(int length)
    {
        string zeros = string.Join(',', Enumerable.Repeat(0, 64));
        yield return "{\"a\":{\"shape\":[" + string.Join(',', Enumerable.Repeat(0, length / 2)) + "]}}";
        yield return "{\"" + new string('n', length) + "\":1}";
        yield return "{\"__metadata__\":{\"k\":\"" + new string('v', length) + "\"}}";
        yield return Many(length, i => SafetensorsBytes.Entry(Short(i), "U8", "[0]", 0, 0));
        yield return Many(length, i => SafetensorsBytes.Entry(Short(i), "U8", $"[{zeros}]", 0, 0));
        yield return Many(length, i => SafetensorsBytes.Entry($"\\u0041{i}", "U8", "[0]", 0, 0));
        yield return "{\"__metadata__\":" + Many(length, i => $"\"{Short(i)}\":\"\"") + "}";
        yield return "{\"__metadata__\":" + Many(length, i => $"\"\\n{i}\":\"\\n\"") + "}";
        yield return "{\"a\":{\"x\":" + Many(length, i => $"\"{Short(i)}\":0") + "}}";
        yield return "{\"a\":" + Many(length, i => $"\"\\t{i}\":0") + "}";
        yield return "{\"a\":{\"dtype\":\"" + new string('t', length) + "\"}}";
        yield return "{\"a\":{\"shape\":[" + new string('1', length) + "]}}";
        yield return new string('{', length);
        yield return new string('[', length);
        yield return new string(' ', length);
        yield return "{" + new string('\n', length) + "!";

        // As many as possible in so many bytes.
        static string Short(int i) =>
            string.Concat(
                Enumerable
                    .Range(0, 4)
                    .Select(digit => (char)('#' + (i / (int)Math.Pow(57, digit) % 57)))
                    .Reverse()
                    .SkipWhile(c => c == '#')
            );

        static string Many(int length, Func<int, string> entry)
        {
            var text = new StringBuilder("{");
            for (int i = 0; text.Length < length; i++)
            {
                text.Append(i == 0 ? "" : ",").Append(entry(i));
            }
            return text.Append('}').ToString();
        }
    }

    [Fact]
    public void WhatAHostileHeaderTakesGrowsWithItsBytesOnly()
    {
        foreach (string text in Hostile(2_000_000))
        {
            byte[] file = SafetensorsBytes.Of(text);
            double allocated = Allocated(file, () => SafetensorsHeader.Parse(file));
            string what = $"{text[..Math.Min(60, text.Length)].Trim()}: {allocated:0.00} bytes a byte";
            TestContext.Current.TestOutputHelper?.WriteLine(what);
            Assert.True(allocated <= AllocatedPerByte, what);
        }
        string[] indexes =
        [
            "{\"x\":[" + string.Join(',', Enumerable.Repeat(0, 500_000)) + "]}",
            "{\"weight_map\":{"
                + string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"{i}\":\"x.safetensors\""))
                + "}}",
            "{\"weight_map\":{\"a\":\"" + new string('v', 1_000_000) + "\"}}",
        ];
        foreach (string text in indexes)
        {
            byte[] file = Encoding.UTF8.GetBytes(text);
            double allocated = Allocated(file, () => SafetensorsIndex.Parse(file));
            TestContext.Current.TestOutputHelper?.WriteLine($"{text[..40]}: {allocated:0.00} bytes a byte");
            Assert.InRange(allocated, 0, IndexPerByte);
        }
    }

    /// <summary>Of the largest header that may be: nothing takes long, or more memory than of a small one.</summary>
    [Fact(Explicit = true)]
    public void TheLargestHostileHeadersAreReadOrRefusedSoon()
    {
        foreach (string text in Hostile(SafetensorsHeader.MaxTextLength - 1000))
        {
            byte[] file = SafetensorsBytes.Of(text);
            long start = Stopwatch.GetTimestamp();
            double allocated = Allocated(file, () => SafetensorsHeader.Parse(file));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            string what = $"{text[..Math.Min(60, text.Length)].Trim()}: {allocated:0.00} bytes a byte, {seconds:0.0} s";
            TestContext.Current.TestOutputHelper?.WriteLine(what);
            Assert.True(allocated <= AllocatedPerByte && seconds < 60, what);
        }
    }

    /// <summary>What one large object leaves behind isn't gone through again for each of many small ones.</summary>
    [Fact]
    public void ManyTensorsBehindManyPropertiesTakeNoLonger()
    {
        string many = string.Join(',', Enumerable.Range(0, 300_000).Select(i => $"\"{i}\":0"));
        string tensors = string.Join(
            ',',
            Enumerable.Range(0, 100_000).Select(i => SafetensorsBytes.Entry($"{i}", "U8", "[0]", 0, 0))
        );
        string first = """{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],""";
        byte[] file = SafetensorsBytes.Of($"{first}{many}}},{tensors}}}");
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(100_001, SafetensorsHeader.Parse(file).Tensors.Length);
        // 0.2 s; with a table of 300,000 emptied for each tensor more than a minute.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 15);
    }

    /// <summary>All that a call allocates, and so more than it keeps, in bytes for each of the file's.</summary>
    private static double Allocated(byte[] file, Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        catch (SafetensorsException) { }
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)file.Length;
    }
}
