using System.Diagnostics;

namespace FanIn.Checkpoints.Tests;

/// <summary>Programs of others that read our files.</summary>
internal static class OtherReader
{
    /// <summary>What a program prints; null where it isn't installed or fails.</summary>
    public static string? Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(errors.Result);
            }
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
