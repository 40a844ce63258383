System.Console.WriteLine("Unlearning host");
