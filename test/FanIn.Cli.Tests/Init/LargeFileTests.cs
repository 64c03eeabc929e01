using FanIn.Checkpoints;

namespace FanIn.Cli.Tests;

/// <summary>Files above 4 GB, where 32 bits don't reach: slow, and 5 GB of disk at a time.</summary>
public sealed class LargeFileTests : IDisposable
{
    private const long FourGigabytes = 1L << 32;

    /// <summary>Beside this program, since a temporary folder may be memory.</summary>
    private readonly string _folder = Directory
        .CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"large-{Guid.NewGuid():N}"))
        .FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>One tensor of 4.4 GB among small ones: every value is what its place says, on both sides of 4 GB.</summary>
    [Fact(Explicit = true)]
    public async Task ATensorAbove4GB()
    {
        SkipWithoutRoom(5_000_000_000);
        const long Rows = 1_100_000;
        const long Columns = 2000;
        string output = await InitAndVerify(
            $$$"""
            {"first.weight": [64, 32],
             "large.weight": {"shape": [{{{Rows}}}, {{{Columns}}}], "dtype": "bfloat16"},
             "last.weight": {"shape": [48, 16], "dtype": "float16"}}
            """,
            "--max-shard-size",
            "100GB"
        );
        string path = Path.Combine(output, "model.safetensors");
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            SafetensorsTensor large = file.Header["large.weight"];
            Assert.Equal(2 * Rows * Columns, large.ByteCount);
            Assert.InRange(large.ByteCount, FourGigabytes + 1, long.MaxValue);
            Assert.Equal(file.Header.FileLength, new FileInfo(path).Length);
            PlanRow row = CheckpointVerifier
                .RecordOf(output)
                .ReadPlan()
                .Rows.Single(row => row.Parameter.Name == "large.weight");
            var found = new BFloat16[1000];
            var expected = new BFloat16[1000];
            foreach (long start in (long[])[0, (FourGigabytes / 2) - 500, (FourGigabytes / 2) + 7, large.Count - 1000])
            {
                file.Read("large.weight", found.AsSpan(), start);
                row.FillPart(expected, start, 11);
                Assert.Equal(expected, found);
                // What an index of 32 bits would have drawn there instead.
                row.FillPart(expected, start % (FourGigabytes / 2), 11);
                Assert.Equal(start < FourGigabytes / 2, expected.AsSpan().SequenceEqual(found));
            }
        }
        await FindsAChangedByte(path, FourGigabytes + 12_345);
    }

    /// <summary>A file of many tensors, none large, and another one behind it: places in the file reach above 4 GB.</summary>
    [Fact(Explicit = true)]
    public async Task AShardAbove4GB()
    {
        SkipWithoutRoom(5_000_000_000);
        string tensors = string.Join(
            ", ",
            Enumerable
                .Range(0, 9)
                .Select(i => $"\"layers.{i}.weight\": {{\"shape\": [16384, 16384], \"dtype\": \"bfloat16\"}}")
        );
        string output = await InitAndVerify($"{{{tensors}}}", "--max-shard-size", "4.5GB");
        FileInfo[] files =
        [
            .. Directory
                .GetFiles(output, "*.safetensors")
                .Order(StringComparer.Ordinal)
                .Select(path => new FileInfo(path)),
        ];
        Assert.Equal(
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
            files.Select(f => f.Name)
        );
        Assert.InRange(files[0].Length, FourGigabytes + 1, 4_500_001_000);
        await FindsAChangedByte(files[0].FullName, files[0].Length - 1, "--sample", "100000");
    }

    private static async Task FindsAChangedByte(string path, long at, params string[] sample)
    {
        await using (FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = at;
            int value = file.ReadByte();
            file.Position = at;
            file.WriteByte((byte)(value ^ 0x10));
        }
        Answer answer = await Fanin.RunAsync(["verify", Path.GetDirectoryName(path)!, .. sample]);
        Assert.Equal(ExitCode.Fault, answer.Code);
        using SafetensorsFile header = SafetensorsFile.Open(path);
        SafetensorsTensor tensor = header.Header.Tensors.Last(t => header.Header.PositionOf(t) <= at);
        long element = (at - header.Header.PositionOf(tensor)) / 2;
        Assert.Contains(
            FormattableString.Invariant($"{tensor.Name} differs first at element {element:N0}: "),
            answer.Output,
            StringComparison.Ordinal
        );
    }

    private async Task<string> InitAndVerify(string shapes, params string[] options)
    {
        string list = Path.Combine(_folder, "shapes.json");
        await File.WriteAllTextAsync(list, shapes, TestContext.Current.CancellationToken);
        string output = Path.Combine(_folder, "out");
        Answer init = await Fanin.RunAsync([
            "init",
            "--shapes",
            list,
            "--recipe",
            "uniform(a=-1,b=1)",
            "--seed",
            "11",
            "--out",
            output,
            .. options,
        ]);
        Assert.True(init.Code == ExitCode.Done, init.Error);
        TestContext.Current.TestOutputHelper?.WriteLine(init.Output);
        foreach (
            string[] sample in (string[][])
                [
                    ["--sample", "100000"],
                    [],
                ]
        )
        {
            Answer verify = await Fanin.RunAsync(["verify", output, .. sample]);
            TestContext.Current.TestOutputHelper?.WriteLine(verify.Output);
            Assert.Equal(ExitCode.Done, verify.Code);
            Assert.Contains("all as planned", verify.Output, StringComparison.Ordinal);
        }
        return output;
    }

    private void SkipWithoutRoom(long bytes) =>
        Assert.SkipUnless(
            new DriveInfo(_folder).AvailableFreeSpace > bytes + 1_000_000_000,
            $"the disk of {_folder} has less than {bytes / 1_000_000_000 + 1} GB free"
        );
}
