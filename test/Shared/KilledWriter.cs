using System.Diagnostics;
using System.Reflection;

namespace FanIn.Tests.Shared;

/// <summary>
/// A process of this test program that writes one file again and again, each time with the next generation's values, until
/// it is killed in the middle of it.
/// </summary>
internal static class KilledWriter
{
    private const string FolderVariable = "FANIN_TEST_KILLED_FOLDER";
    private const string GenerationVariable = "FANIN_TEST_KILLED_GENERATION";
    private const string FileName = "model.safetensors";
    private const int Kills = 6;

    /// <summary>At the least; the others may fall between two files.</summary>
    private const int Halves = 2;

    private static readonly TimeSpan s_startsWithin = TimeSpan.FromMinutes(1);

    /// <summary>What the process does: an explicit test of its own, which is skipped where nobody kills it.</summary>
    /// <param name="write">Writes a generation.</param>
    public static void WriteForever(Action<string, int> write)
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, "a part of another test: writes until it is killed");
        int first = int.Parse(Environment.GetEnvironmentVariable(GenerationVariable)!, null);
        for (int generation = first; ; generation++)
        {
            write(Path.Combine(folder, FileName), generation);
        }
    }

    /// <summary>
    /// Kills it at moments when a file is half written: what has the file's name is whole, and of the last generation that
    /// was finished, the one before included.
    /// </summary>
    /// <param name="testClass">Where the process's test is.</param>
    /// <param name="method">Its name.</param>
    /// <param name="write">As the process does it.</param>
    /// <param name="generationOf">Reads a file, and fails where it isn't whole and of one generation.</param>
    public static async Task Check(
        Type testClass,
        string method,
        Action<string, int> write,
        Func<string, int> generationOf
    )
    {
        string folder = Directory.CreateTempSubdirectory("fanin-killed-").FullName;
        try
        {
            string file = Path.Combine(folder, FileName);
            write(file, 0);
            var random = new System.Random(1);
            int last = 0;
            int halves = 0;
            for (int kill = 0; kill < Kills; kill++)
            {
                string[] before = Directory.GetFiles(folder, ".*");
                using Process process = Start(testClass, method, folder, last + 1);
                long start = Stopwatch.GetTimestamp();
                while (Directory.GetFiles(folder, ".*").Length == before.Length)
                {
                    Assert.False(process.HasExited, "the process ended by itself");
                    Assert.True(Stopwatch.GetElapsedTime(start) < s_startsWithin, "no temporary file appears");
                    await Task.Delay(1, TestContext.Current.CancellationToken);
                }
                // Some moments are in the first file, some in a later one.
                await Task.Delay(random.Next(kill % 2 == 0 ? 15 : 300), TestContext.Current.CancellationToken);
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                int generation = generationOf(file);
                Assert.True(generation >= last, $"generation {generation} after {last}");
                last = generation;
                string[] left = Directory.GetFiles(folder).Except([file]).Select(Path.GetFileName).ToArray()!;
                Assert.All(left, name => Assert.Matches(@"^\.model\.safetensors\.[0-9a-f]{32}\.tmp$", name));
                halves += left.Length > before.Length ? 1 : 0;
            }
            Assert.True(halves >= Halves, $"only {halves} of {Kills} kills met a half file");
            write(file, last + 1);
            Assert.Equal(last + 1, generationOf(file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(Type testClass, string method, string folder, int generation)
    {
        string program = Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, null);
        ProcessStartInfo start = new(
            OperatingSystem.IsWindows() ? program + ".exe" : program,
            ["-method", $"{testClass.FullName}.{method}", "-explicit", "on", "-noColor"]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment[FolderVariable] = folder;
        start.Environment[GenerationVariable] = $"{generation}";
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} didn't start.");
    }
}
