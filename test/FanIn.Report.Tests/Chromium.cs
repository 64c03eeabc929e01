using System.Diagnostics;

namespace FanIn.Report.Tests;

/// <summary>A headless browser run for one page: what it says on its console, and the document it ends with.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    public static string? Path { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <summary>The document's markup once its scripts have run, and the lines that the console shows.</summary>
    public static async Task<(string Document, string[] Console)> Open(string page, string hash, string size)
    {
        (string output, string errors) = await Run(page, hash, size, "--dump-dom");
        return (output, [.. errors.Split('\n').Where(line => line.Contains("CONSOLE", StringComparison.Ordinal))]);
    }

    public static Task Screenshot(string page, string hash, string size, string picture) =>
        Run(page, hash, size, "--screenshot=" + picture);

    private static async Task<(string Output, string Errors)> Run(string page, string hash, string size, string task)
    {
        string profile = Directory.CreateTempSubdirectory("fanin-chromium-").FullName;
        try
        {
            string[] arguments =
            [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--enable-logging=stderr",
                "--v=0",
                "--virtual-time-budget=4000",
                "--user-data-dir=" + profile,
                "--window-size=" + size,
                task,
                new Uri(page).AbsoluteUri + hash,
            ];
            using Process process = Process.Start(
                new ProcessStartInfo(Path!, arguments)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    UseShellExecute = false,
                }
            )!;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            try
            {
                await process.WaitForExitAsync(patience.Token);
                return (await output, await errors);
            }
            catch (OperationCanceledException stop)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException("The browser did not end within a minute.", stop);
            }
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }
}
