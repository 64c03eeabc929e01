using FanIn.Cli;

using var interruption = Interruption.Listen();
return await Tool.RunAsync(args, Terminal.OfProcess(), interruption.Token);
